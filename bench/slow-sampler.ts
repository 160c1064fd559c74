/**
 * Measures the effect of a slow sampler on everything else: a service whose sampler takes two seconds for each suggestion, while a result arrives
 * every 100 ms. Times `GET /v1/studies/{id}`, heartbeats, and the wait of a slot for a trial of another study; first while nothing is suggested,
 * then while the sampler computes.
 *
 *   npm run bench:slow-sampler [-- --help]
 *
 * The last line is JSON.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Answer, Request } from './slow-sampler/messages.ts';
import { readOptions, type SlowSamplerOptions } from './slow-sampler/options.ts';

/** Slow studies, each with as many trials open as a sampler that learns from its history may have. */
const slowStudies = 3;
const openTrials = 100;
const quietSeconds = 10;

async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2));
  if (typeof options === 'string') {
    process.stdout.write(options);
    return;
  }
  const folder = await mkdtemp(join(tmpdir(), 'clavier-bench-slow-'));
  // A server that is started by root runs as another account.
  await chmod(folder, 0o755);
  const { milliseconds, cost } = options;
  const slowTpe = new URL('./slow-sampler/slow-tpe.js', import.meta.url);
  slowTpe.search = new URLSearchParams({ milliseconds: String(milliseconds), from: String(openTrials), cost }).toString();
  const service = fork(new URL('./slow-sampler/service.js', import.meta.url), {
    execArgv: ['--import', slowTpe.href],
    env: { ...process.env, CLAVIER_DATA_DIR: folder },
  });
  try {
    await bench(service, options);
  } finally {
    if (service.connected) service.disconnect();
    if (service.exitCode === null) await once(service, 'exit');
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

async function bench(service: ChildProcess, options: SlowSamplerOptions): Promise<void> {
  const { url } = await answered(service, 'listening');
  progress(`the service listens on ${url}`);
  const slow: string[] = [];
  for (let study = 0; study < slowStudies; study += 1)
    slow.push(await create(url, { type: 'tpe' }, { schedule: 'asynchronous', parallelism: openTrials }));
  progress('all slow studies have their first trials');
  service.send({ type: 'hold', trials: slowStudies * openTrials } satisfies Request);
  await answered(service, 'held');
  progress('all of these are held');
  await create(url, { type: 'random' }, { parallelism: 4 });
  const quiet = await phase({ service, url, studies: slow }, { type: 'measure', seconds: quietSeconds, resultEveryMs: null });
  const thinking = await phase({ service, url, studies: slow }, { type: 'measure', seconds: options.seconds, resultEveryMs: 100 });
  const suggested =
    (await Promise.all(slow.map((id) => suggestionsOf(url, id)))).reduce((sum, count) => sum + count, 0) - slowStudies * openTrials;
  for (const [name, row] of Object.entries({ quiet, thinking })) process.stdout.write(`${name.padEnd(9)} ${JSON.stringify(row)}\n`);
  process.stdout.write(`${JSON.stringify({ bench: 'slow-sampler', node: process.version, ...options, suggested, quiet, thinking })}\n`);
}

function progress(text: string): void {
  process.stderr.write(`${text}\n`);
}

interface Bench {
  readonly service: ChildProcess;
  readonly url: string;
  /** Ids of the slow studies. */
  readonly studies: readonly string[];
}

async function phase({ service, url, studies }: Bench, request: Request) {
  service.send(request);
  let over = false;
  const done = answered(service, 'measured').finally(() => {
    over = true;
  });
  const gets: number[] = [];
  for (let turn = 0; !over; turn += 1) {
    const started = performance.now();
    await (await fetch(`${url}/v1/studies/${studies[turn % studies.length]}`)).text();
    gets.push(performance.now() - started);
    await delay(10);
  }
  const { times } = await done;
  return { get: summary(gets), heartbeats: summary(times.heartbeats), claims: summary(times.claims), results: times.results };
}

function summary(times: readonly number[]) {
  const sorted = [...times].sort((one, other) => one - other);
  const at = (share: number): number =>
    Number((sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN).toFixed(1));
  return { count: sorted.length, p50: at(0.5), p99: at(0.99), max: at(1) };
}

/** Creates a study, and waits until all of its first trials are there. @returns its id */
async function create(url: string, sampler: object, fields: { readonly parallelism: number; readonly schedule?: string }): Promise<string> {
  const body = {
    name: 'bench',
    searchSpace: [
      { type: 'float', name: 'learningRate', low: 0.0005, high: 0.5115, step: 0.0005 },
      { type: 'int', name: 'hiddenUnits', low: 1, high: 511 },
    ],
    metrics: [{ name: 'accuracy' }],
    sampler,
    budget: { trials: 100_000 },
    objective: { type: 'lstm-text-classifier', dataset: 'spam-assassin' },
    ...fields,
  };
  const response = await fetch(`${url}/v1/studies`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  const text = await response.text();
  if (response.status !== 201) throw new Error(`the study was refused: ${text}`);
  const id: string = JSON.parse(text).id;
  while ((await suggestionsOf(url, id)) < fields.parallelism) await delay(50);
  return id;
}

async function suggestionsOf(url: string, id: string): Promise<number> {
  const { trials } = JSON.parse(await (await fetch(`${url}/v1/studies/${id}`)).text());
  return Object.values<number>(trials).reduce((sum, count) => sum + count, 0);
}

async function answered<Type extends Answer['type']>(service: ChildProcess, type: Type): Promise<Extract<Answer, { type: Type }>> {
  for (;;) {
    const message: Answer = await new Promise((resolve, reject) => {
      service.once('message', resolve);
      service.once('exit', (code) => reject(new Error(`the service ended with ${code}`)));
    });
    if (message.type === type) return message as Extract<Answer, { type: Type }>; // its type says so
  }
}

await main();
