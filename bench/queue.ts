/**
 * Measures the throughput of the queue and the cost of verifiability: cycles per second of claim, begin, three step reports
 * (the last one settles the trial) and advance, with 1, 2, 4 and 8 concurrent runners that train nothing, on a real
 * PostgreSQL that syncs every commit. Measured with everything on, without the study's event log, and also without the
 * records of step checkpoints. Rounds are interleaved and each ratio is computed within one round, so that other load on the
 * machine slows all variants alike.
 *
 *   npm run bench:queue
 *
 * The runners share one process and its pool, as the slots of one runner do. Progress goes to standard error; the last line
 * of the output is JSON.
 */

import { cyclesPerSecond } from './queue/cycles.ts';
import { type BenchOptions, readOptions } from './queue/options.ts';
import { type Measurement, summarized } from './queue/summary.ts';
import { rateTable } from './queue/table.ts';
import { variants } from './queue/variants.ts';
import { openBenchDatabase } from './support/bench-database.ts';

async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2));
  if (typeof options === 'string') {
    process.stdout.write(options);
    return;
  }
  const stopping = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stopping.abort(new Error(`ended by ${signal}`)));
  await using bench = await openBenchDatabase(options.url);
  const measured = await measure(options, bench, stopping.signal);
  const rows = summarized(measured);
  process.stdout.write(`${rateTable(rows, options)}\n`);
  process.stdout.write(
    `${JSON.stringify({ bench: 'queue', node: process.version, postgres: bench.version, ...options, url: undefined, rows })}\n`,
  );
}

/** Runs the rounds. Each measures every variant with every number of runners; the variants take turns in going first. */
async function measure(
  options: BenchOptions,
  bench: Awaited<ReturnType<typeof openBenchDatabase>>,
  signal: AbortSignal,
): Promise<readonly Measurement[]> {
  const measured: Measurement[] = [];
  for (let round = 0; round < options.rounds; round += 1)
    for (const runners of options.runners)
      for (let turn = 0; turn < variants.length; turn += 1) {
        const variant = variants[(round + turn) % variants.length];
        if (!variant) continue;
        const rate = await cyclesPerSecond(bench, { variant, runners, cycles: options.cycles, signal });
        measured.push({ round, runners, variant: variant.name, rate });
        process.stderr.write(`round ${round + 1}/${options.rounds}, ${runners} runners, ${variant.name}: ${rate.toFixed(1)} cycles/s\n`);
      }
  return measured;
}

await main();
