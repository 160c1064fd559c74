/**
 * Times one suggestion of a sampler by the number of observations, in spaces of 2, 4 and 8 parameters: in a study that goes on in this
 * process, with seven trials pending and one observation more each time. The middle one of the repeats has the number of observations.
 * For a sampler with generations, it is a trial's share of the suggestions and the observation of one, in the generations that follow
 * that number.
 *
 *   npm run bench:suggestion [-- --help]
 *
 * Times are the least and the median of the repeats, in milliseconds of processor time; then follows the memory that the last search
 * holds, in MiB. The last line is JSON.
 */
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { isDeepStrictEqual } from 'node:util';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Proposal } from '../src/samplers/contract.ts';
import { samplerFor } from '../src/samplers/table.ts';
import { beforeMiddle, readOptions, type SuggestionOptions, warmUp } from './suggestion/options.ts';
import { dimensions, observed, type spaces, streamOf, type Workload, workload } from './suggestion/workload.ts';

type SamplerFor = typeof samplerFor;

interface Times {
  readonly least: number;
  readonly median: number;
  /** Of the other checkout; null without one. */
  readonly before: { readonly least: number; readonly median: number } | null;
}

interface Row extends Times {
  readonly space: string;
  readonly parameters: number;
  readonly observations: number;
  /** MiB that the searches so far hold. */
  readonly memory: number;
}

async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2));
  if (typeof options === 'string') {
    process.stdout.write(options);
    return;
  }
  setFlagsFromString('--expose-gc');
  const codes = [samplerFor, ...(options.before === undefined ? [] : [await samplersOf(options.before)])];
  const rows: Row[] = [];
  const memoryBefore = memoryNow();
  for (const space of ['paper', 'mixed'] satisfies (keyof typeof spaces)[]) {
    for (const parameters of dimensions) {
      for (const observations of options.observations) {
        const { repeats, metrics } = options;
        const search = workload(space, parameters, observations - beforeMiddle(repeats), metrics);
        const times = isBred(search, options) ? bred(search, observations, options) : measured(search, options, codes);
        const row = { space, parameters, observations, ...times, memory: memoryNow() - memoryBefore };
        process.stdout.write(`${lineOf(row)}\n`);
        rows.push(row);
      }
    }
  }
  process.stdout.write(`${JSON.stringify({ bench: 'suggestion', node: process.version, ...options, rows })}\n`);
}

async function samplersOf(folder: string): Promise<SamplerFor> {
  const table: { readonly samplerFor: SamplerFor } = await import(pathToFileURL(join(resolve(folder), 'samplers/table.js')).href);
  return table.samplerFor;
}

function isBred({ problem }: Workload, { sampler, before }: SuggestionOptions): boolean {
  const hasGenerations = samplerFor(problem, sampler).learns === 'generations';
  if (hasGenerations && before !== undefined) throw new Error('--before compares no generations');
  return hasGenerations;
}

/** As in a growing study, each repeat has one observation more than the last. */
function measured({ problem, history, pending }: Workload, options: SuggestionOptions, codes: readonly SamplerFor[]): Times {
  const samplers = codes.map((code) => code(problem, options.sampler));
  const times = samplers.map((): number[] => []);
  for (let repeat = 0; repeat < warmUp + options.repeats; repeat += 1) {
    const proposals = samplers.map((sampler, index): Proposal => {
      const given = { history: [...history], pending: [...pending] };
      const started = process.cpuUsage();
      const proposal = sampler.suggest(sampler.init(), {
        firstIndex: history.length + pending.length,
        count: 1,
        ...given,
        stream: streamOf,
      });
      const ms = millisecondsSince(started);
      if (repeat >= warmUp) times[index]?.push(ms);
      return proposal;
    });
    if (proposals.some((proposal) => !isDeepStrictEqual(proposal, proposals[0]))) throw new Error('the two checkouts disagree');
    const [proposal] = proposals;
    const oldest = pending.shift();
    if (proposal?.kind !== 'suggestions' || !oldest) throw new Error('no suggestion');
    history.push(observed({ space: problem.space, metrics: options.metrics }, history.length, oldest));
    pending.push(...proposal.suggestions.map(({ parameters }) => parameters));
  }
  const [own, other] = times.map((list) => list.toSorted((one, another) => one - another));
  return { ...summary(own ?? []), before: other ? summary(other) : null };
}

/** Makes generations up to some number of trials, and times those that follow. */
function bred({ problem }: Workload, trials: number, options: SuggestionOptions): Times {
  const sampler = samplerFor(problem, options.sampler);
  const times: number[] = [];
  let state = sampler.init();
  for (let done = 0; times.length < options.repeats; ) {
    const started = process.cpuUsage();
    const size = sampler.generation(state)?.size ?? 0;
    const proposal = sampler.suggest(state, { firstIndex: done, count: size, history: [], pending: [], stream: streamOf });
    if (proposal.kind !== 'suggestions') throw new Error('no suggestion');
    const { suggestions } = proposal;
    const spent = millisecondsSince(started);
    const results = suggestions.map((suggestion, slot) => ({
      ...observed({ space: problem.space, metrics: options.metrics }, done + slot, suggestion.parameters),
      ...suggestion,
    }));
    const closing = process.cpuUsage();
    state = sampler.observe(state, results);
    if (done >= trials) times.push((spent + millisecondsSince(closing)) / size);
    done += size;
  }
  return { ...summary(times.toSorted((one, another) => one - another)), before: null };
}

function millisecondsSince(started: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(started);
  return (user + system) / 1000;
}

/** MiB in use after garbage was collected. */
function memoryNow(): number {
  runInNewContext('gc')();
  return process.memoryUsage().heapUsed / 2 ** 20;
}

function summary(sorted: readonly number[]): { readonly least: number; readonly median: number } {
  return { least: sorted[0] ?? Number.NaN, median: sorted[sorted.length >> 1] ?? Number.NaN };
}

function lineOf({ space, parameters, observations, least, median, memory, before }: Row): string {
  const own = `${least.toFixed(2).padStart(7)} ${median.toFixed(2).padStart(7)}`;
  const other = before
    ? `   before ${before.least.toFixed(2).padStart(7)} ${before.median.toFixed(2).padStart(7)}   × ${(before.median / median).toFixed(2)}`
    : '';
  return `${space} ${parameters} ${String(observations).padStart(6)} ${own} ${memory.toFixed(1).padStart(6)} MiB${other}`;
}

await main();
