/**
 * Measures streams of events: many readers of studies in which little happens, slow and fast readers of busy ones, all of which go away and
 * come back, while trials settle and the api is started again. Every reader must get each event of its study once and in order.
 *
 *   npm run bench:events
 *
 * Server, service, workers and readers share the machine. The last line of the output is JSON; the exit status is 1 if an event was lost.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { expected, type Loss, lossesOf } from './event-readers/check.ts';
import { startLoad } from './event-readers/load.ts';
import { type EventBenchOptions, readOptions } from './event-readers/options.ts';
import { Reader } from './event-readers/reader.ts';
import { openBenchDatabase } from './support/bench-database.ts';
import { poster } from './support/cycles.ts';
import { type ServerProcess, startApi } from './support/server-process.ts';
import { createStudy } from './support/studies.ts';

const busyStudies = 4;

async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2));
  if (typeof options === 'string') {
    process.stdout.write(options);
    return;
  }
  await using bench = await openBenchDatabase(options.url);
  let api = await startApi(bench);
  const { url } = api;
  const quiet = await createStudies(url, options.quiet);
  const busy = await createStudies(url, busyStudies);
  const lags: number[] = [];
  const readers = readersOf(url, options, { quiet, busy, lags });
  const idleMb = await api.memoryMb();
  const running = readers.map((reader) => reader.run());
  await everyReader(readers, ({ received }) => received.start !== null);
  const memory = { idle: idleMb, open: await api.memoryMb(), most: 0 };
  const load = startLoad(url, busy, options.trials);
  const ended = performance.now() + options.seconds * 1000;
  const disturbing = Promise.all([pauseQuiet(url, quiet, options.seconds), reconnectAll(readers, options)]);
  await sampled(ended - (options.seconds * 1000) / 2, api, memory);
  await api[Symbol.asyncDispose]();
  api = await startApi(bench, Number(new URL(url).port));
  await sampled(ended, api, memory);
  await Promise.all([load.stop(), disturbing]);
  for (const reader of readers) reader.hurry();
  const wanted = await expected(bench.url);
  const caughtUp = await everyReader(readers, ({ received }) => received.last >= (wanted.get(received.study)?.at(-1) ?? 0));
  const metrics = await (await fetch(`${url}/metrics`)).text();
  for (const reader of readers) reader.stop();
  await Promise.all(running);
  // Read again: the service observes the last results after the load has stopped, and readers got those events too.
  const losses = lossesOf(
    readers.map(({ received }) => received),
    await expected(bench.url),
  );
  report(options, { readers, losses, lags, memory, metrics, caughtUp, settled: load.settled() });
  await api[Symbol.asyncDispose]();
}

async function createStudies(url: string, count: number): Promise<string[]> {
  const ids: string[] = [];
  while (ids.length < count)
    ids.push(...(await Promise.all(Array.from({ length: Math.min(8, count - ids.length) }, () => createStudy(url, 'random')))));
  return ids;
}

function readersOf(
  url: string,
  { slow, fast }: EventBenchOptions,
  { quiet, busy, lags }: { readonly quiet: readonly string[]; readonly busy: readonly string[]; readonly lags: number[] },
): Reader[] {
  const busyOf = (index: number): string => busy[index % busy.length] ?? '';
  return [
    ...quiet.map((study) => new Reader(url, { kind: 'quiet', study, lags: null })),
    ...Array.from({ length: slow }, (_, index) => new Reader(url, { kind: 'slow', study: busyOf(index), lags: null })),
    ...Array.from({ length: fast }, (_, index) => new Reader(url, { kind: 'fast', study: busyOf(index), lags })),
  ];
}

/** Waits until all readers are as they are to be. @returns the seconds that it took @throws Error after five minutes */
async function everyReader(readers: readonly Reader[], isReady: (reader: Reader) => boolean): Promise<number> {
  const begun = performance.now();
  while (!readers.every(isReady)) {
    if (performance.now() - begun > 300_000)
      throw new Error(`${readers.filter((reader) => !isReady(reader)).length} readers are not ready`);
    await delay(100);
  }
  return (performance.now() - begun) / 1000;
}

/** Pauses each quiet study once, at moments spread over the time. A request that fails is repeated. */
async function pauseQuiet(url: string, quiet: readonly string[], seconds: number): Promise<void> {
  await using client = poster(url, 2);
  for (const study of quiet) {
    const begun = performance.now();
    while (
      !(await client.post(`/v1/studies/${study}/pause`, {}).then(
        () => true,
        () => false,
      ))
    )
      await delay(250);
    await delay(Math.max(0, (seconds * 900) / quiet.length - (performance.now() - begun)));
  }
}

/** Cuts each reader off some times, spread over the time. */
async function reconnectAll(readers: readonly Reader[], { reconnects, seconds }: EventBenchOptions): Promise<void> {
  const pauseMs = (seconds * 900) / Math.max(1, readers.length * reconnects);
  const begun = performance.now();
  for (let turn = 0; turn < reconnects * readers.length; turn += 1) {
    readers[turn % readers.length]?.reconnect();
    const early = begun + (turn + 1) * pauseMs - performance.now();
    if (early > 5) await delay(early);
  }
}

/** Waits, and notes the largest memory of the api on the way. */
async function sampled(until: number, api: ServerProcess, memory: { most: number }): Promise<void> {
  while (performance.now() < until) {
    await delay(Math.min(2000, Math.max(0, until - performance.now())));
    memory.most = Math.max(memory.most, await api.memoryMb());
  }
}

interface Figures {
  readonly readers: readonly Reader[];
  readonly losses: readonly Loss[];
  readonly lags: readonly number[];
  readonly memory: { readonly idle: number; readonly open: number; readonly most: number };
  readonly metrics: string;
  readonly caughtUp: number;
  readonly settled: number;
}

function report(options: EventBenchOptions, { readers, losses, lags, memory, metrics, caughtUp, settled }: Figures): void {
  const sorted = lags.toSorted((a, b) => a - b);
  const lagAt = (share: number): number => Math.round((sorted[Math.floor(sorted.length * share)] ?? 0) * 1000);
  const sum = (pick: (reader: Reader) => number): number => readers.reduce((total, reader) => total + pick(reader), 0);
  const dropped = z.coerce.number().parse(/^clavier_event_streams_dropped_total (\d+)/m.exec(metrics)?.[1] ?? 0);
  const figures = {
    trialsPerSecond: Math.round(settled / options.seconds),
    events: sum(({ received }) => received.count),
    connections: sum(({ received }) => received.connections),
    lost: losses.reduce((total, { missing }) => total + Math.max(missing, 0), 0),
    unexpected: losses.reduce((total, { missing }) => total + Math.max(-missing, 0), 0),
    misplaced: sum(({ received }) => received.misplaced),
    dropped,
    feedLagMs: { p50: bucketOf(metrics, 0.5), p99: bucketOf(metrics, 0.99) },
    lagMs: { p50: lagAt(0.5), p99: lagAt(0.99), most: lagAt(0.999999) },
    memoryMb: { idle: Math.round(memory.idle), open: Math.round(memory.open), most: Math.round(memory.most) },
    caughtUpSeconds: Math.round(caughtUp),
  };
  process.stdout.write(
    `${Object.entries(figures)
      .map(([name, value]) => `${name.padEnd(16)} ${JSON.stringify(value)}`)
      .join('\n')}\n`,
  );
  process.stdout.write(
    `${JSON.stringify({ bench: 'events', node: process.version, ...options, url: undefined, ...figures, losses: losses.slice(0, 10) })}\n`,
  );
  if (losses.length > 0 || figures.misplaced > 0) process.exitCode = 1;
}

/** The upper end, in ms, of the bucket of the api's own event lag that a share of the events reaches, since its last start. */
function bucketOf(metrics: string, share: number): number | null {
  const buckets = [...metrics.matchAll(/^clavier_event_lag_seconds_bucket\{le="([\d.]+)"\} (\d+)/gm)].map(
    ([, le, count]) => [Number(le), Number(count)] as const,
  );
  const total = Number(/^clavier_event_lag_seconds_count (\d+)/m.exec(metrics)?.[1] ?? 0);
  const found = buckets.find(([, count]) => count >= total * share);
  return found ? found[0] * 1000 : null;
}

await main();
