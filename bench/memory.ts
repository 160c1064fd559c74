/**
 * Measures the memory of a search by sampler and number of observations, each in a process of its own: the largest resident set above that
 * of a process that holds the same history and suggests nothing, and what the search holds after a collection (heap, and buffers outside
 * of it), in MB.
 *
 *   npm run bench:memory [-- --help]
 *
 * In the space of the published study with four parameters, and in one of all kinds with eight. Each number is the median of some
 * processes. Progress goes to standard error; the output is a table of peaks, one of what is held, and a line of JSON.
 */
import { fork } from 'node:child_process';
import { answerOf } from './memory/answer.ts';
import { readOptions } from './memory/options.ts';
import type { MemoryRequest, MemoryResult } from './memory/process.ts';

const places = [
  { space: 'paper', parameters: 4 },
  { space: 'mixed', parameters: 8 },
] as const;

/** A sampler with some observations: the two places one after the other. */
interface Row {
  readonly sampler: string;
  readonly observations: number;
  readonly memory: readonly MemoryResult[];
}

async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2));
  if (typeof options === 'string') {
    process.stdout.write(options);
    return;
  }
  const { suggestions, processes } = options;
  const rows: Row[] = [];
  for (const observations of options.observations) {
    const idle: MemoryResult[] = [];
    for (const place of places) idle.push(await measured({ ...place, sampler: null, observations, suggestions: 0 }, processes));
    process.stderr.write(`${observations} idle: ${cellOf(idle, 'peak')} at its peak\n`);
    for (const sampler of options.samplers) {
      const memory: MemoryResult[] = [];
      for (const [index, place] of places.entries()) {
        const { peak, kept } = await measured({ ...place, sampler: { type: sampler }, observations, suggestions }, processes);
        memory.push({ peak: peak - (idle[index]?.peak ?? 0), kept });
      }
      rows.push({ sampler, observations, memory });
      process.stderr.write(`${observations} ${sampler}: ${cellOf(memory, 'peak')} at its peak, ${cellOf(memory, 'kept')} held\n`);
    }
  }
  process.stdout.write(
    `Peak above an idle process, MB\n\n${tableOf(rows, 'peak')}\n\nHeld after a collection, MB\n\n${tableOf(rows, 'kept')}\n\n`,
  );
  process.stdout.write(`${JSON.stringify({ bench: 'memory', node: process.version, ...options, places, rows })}\n`);
}

/** The medians over some processes. */
async function measured(request: MemoryRequest, processes: number): Promise<MemoryResult> {
  const results: MemoryResult[] = [];
  for (let left = processes; left > 0; left -= 1) results.push(await inProcess(request));
  const median = (of: keyof MemoryResult): number =>
    results.map((result) => result[of]).sort((one, other) => one - other)[results.length >> 1] ?? Number.NaN;
  return { peak: median('peak'), kept: median('kept') };
}

async function inProcess(request: MemoryRequest): Promise<MemoryResult> {
  const child = fork(new URL('./memory/process.js', import.meta.url), { execArgv: ['--expose-gc'] });
  child.send(request);
  const result = await answerOf(child);
  // On Linux a process begins with the resident set of its parent as its peak.
  if (process.memoryUsage.rss() / 1e6 >= result.peak) throw new Error('the bench itself takes more memory than what it measures');
  return result;
}

function tableOf(rows: readonly Row[], of: keyof MemoryResult): string {
  const [sizes, samplers] = [[...new Set(rows.map((row) => row.observations))], [...new Set(rows.map((row) => row.sampler))]];
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [
    line(['observations', ...sizes.map(String)]),
    line(['---', ...sizes.map(() => '---')]),
    ...samplers.map((sampler) =>
      line([`\`${sampler}\``, ...rows.flatMap((row) => (row.sampler === sampler ? cellOf(row.memory, of) : []))]),
    ),
  ].join('\n');
}

function cellOf(memory: readonly MemoryResult[], of: keyof MemoryResult): string {
  return memory.map((result) => result[of].toFixed(1)).join(' / ');
}

await main();
