/**
 * A built service (API, planning threads, database) in one process, with slots that train nothing: what a runner does beside a slow sampler.
 * It holds trials of the slow studies and settles one whenever a result is due; one more slot works on whatever is queued.
 */
import { randomInt, randomUUID } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { ClaimedTrial } from '../../src/studies/ports/queue.ts';
import type { Answer, Request, ServiceTimes } from './messages.ts';

const built = (path: string): string => new URL(`../../../${path}.js`, import.meta.url).href;
const { loadConfig }: typeof import('../../src/config.ts') = await import(built('config'));
const { openContext }: typeof import('../../src/context.ts') = await import(built('context'));
const { createLog }: typeof import('../../src/log.ts') = await import(built('log'));
const { buildApp }: typeof import('../../src/http/app.ts') = await import(built('http/app'));
const { advanceStudy }: typeof import('../../src/studies/actions/advance.ts') = await import(built('studies/actions/advance'));

const leaseSeconds = 60;
const heartbeatEveryMs = 200;
const trainingMs = 50;
/** Trials that are settled at once, at most. */
const slots = 4;
const environment = {
  clavier: 'bench',
  objectiveVersion: 1,
  node: process.version,
  tensorflow: 'none',
  processor: 'none',
  dataset: 'none',
};

const config = loadConfig(process.env);
const context = await openContext(config, createLog({ ...config, logLevel: 'warn' }, 'stdout'), {
  verb: 'bench',
  ownsDataFolder: true,
  stop: new AbortController().signal,
});
const app = await buildApp({
  transactions: context.transactions,
  access: context.access,
  isLocal: true,
  metrics: { contentType: 'text/plain', text: async () => '' },
  reader: context.reader,
  planner: context.planner,
  fronts: context.fronts,
  asking: context.asking,
  feed: context.feed,
  webhooks: { store: context.webhooks.store, allowed: [], wake: () => undefined },
  runnersFor: context.runnersFor,
  version: 'bench',
  // Two trials with equal parameters would wait for each other.
  drawSeed: () => randomInt(2 ** 47),
  readiness: () => Promise.reject(new Error('the bench does not ask')),
});
await app.listen({ host: '127.0.0.1', port: 0 });
const world = await context.runnerWorld();
const runner = randomUUID();
const held: ClaimedTrial[] = [];

process.on('message', (request: Request) => void answer(request));
process.once('disconnect', () => void close());
const { port } = app.server.address() as AddressInfo; // it listens on TCP
tell({ type: 'listening', url: `http://127.0.0.1:${port}` });

async function close(): Promise<void> {
  await app.close();
  await context[Symbol.asyncDispose]();
  process.exit(0);
}

function tell(message: Answer): void {
  process.send?.(message);
}

async function answer(request: Request): Promise<void> {
  if (request.type === 'hold') {
    while (held.length < request.trials) held.push(await claimed());
    return tell({ type: 'held' });
  }
  tell({ type: 'measured', times: await measured(request) });
}

async function claimed(): Promise<ClaimedTrial> {
  for (;;) {
    const trial = await world.queue.claim(runner, 3600);
    if (trial) return trial;
    await delay(5);
  }
}

async function measured({ seconds, resultEveryMs }: Extract<Request, { type: 'measure' }>): Promise<ServiceTimes> {
  const end = performance.now() + seconds * 1000;
  const [heartbeats, claims, results] = await Promise.all([
    beat(end),
    workBeside(end),
    resultEveryMs === null ? 0 : settle(end, resultEveryMs),
  ]);
  return { heartbeats, claims, results };
}

/** Renews the leases of the held trials, as a runner does. */
async function beat(end: number): Promise<number[]> {
  const times: number[] = [];
  for (let due = performance.now(); due < end; due += heartbeatEveryMs) {
    await delay(Math.max(0, due - performance.now()));
    await world.queue.heartbeat(held.slice(0, 4), leaseSeconds * 60);
    times.push(performance.now() - due);
  }
  return times;
}

/** One slot that works on the study beside the slow ones. */
async function workBeside(end: number): Promise<number[]> {
  const times: number[] = [];
  while (performance.now() < end) {
    const free = performance.now();
    const trial = await claimed();
    const claimMs = performance.now() - free;
    // A new trial of a slow study comes in between: it is held as the others are.
    if ((await context.reader.study(trial.studyId))?.spec.sampler.type === 'tpe') {
      held.push(trial);
      continue;
    }
    times.push(claimMs);
    await delay(trainingMs);
    await finish(trial);
  }
  return times;
}

/** Settles a trial whenever one is due, with no more at once than a runner has slots: on a busy machine fewer results arrive. */
async function settle(end: number, everyMs: number): Promise<number> {
  let results = 0;
  const slot = async (first: number): Promise<void> => {
    for (let due = performance.now() + first * everyMs; due < end; due = Math.max(due + slots * everyMs, performance.now())) {
      await delay(Math.max(0, due - performance.now()));
      const trial = held.shift();
      if (!trial) throw new Error('there is no trial left to settle: measure for a shorter time');
      await finish(trial);
      results += 1;
    }
  };
  await Promise.all(Array.from({ length: slots }, (_, index) => slot(index)));
  return results;
}

async function finish(trial: ClaimedTrial): Promise<void> {
  const value = ((trial.number * 7919) % 1009) / 1009;
  const resultKey = `bench ${trial.trialId}`;
  await world.continuation.begin(trial, { resultKey, steps: 1, environment });
  await world.continuation.adopt(trial, 0);
  const values = { loss: 1 - value, accuracy: value, aucPr: value, trainLoss: 1 - value };
  await world.queue.complete(trial, { step: 1, resultKey, values, checkpoint: null }, false);
  await advanceStudy(world.transactions, trial.studyId);
}
