import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ClaimedTrial } from '../../src/studies/ports/queue.ts';
import type { HandedTrial, LeaseRequest, Report } from '../../src/studies/ports/workers.ts';
import { testAsking } from '../http/asking.ts';
import { startTestService, type TestService } from '../http/service.ts';
import { type StatementCount, statementCounter } from './statement-count.ts';
import { addStudy, claimed, type StudyStore, stepRecord, studyStoreOn, valuesOf } from './study-fixture.ts';

let service: TestService;
let store: StudyStore;
let asking: ReturnType<typeof testAsking>;
let counter: ReturnType<typeof statementCounter>;
beforeAll(async () => {
  service = await startTestService();
  store = studyStoreOn({ url: service.url, [Symbol.asyncDispose]: async () => undefined });
  asking = testAsking(store.database, service.url);
  counter = statementCounter();
});
beforeEach(async () => {
  await store.clear();
  // A new connection sends its settings.
  await service.get('/v1/studies');
  await service.get(`/v1/studies/${randomUUID()}/leaderboard`);
});
afterAll(async () => {
  counter[Symbol.dispose]();
  await asking[Symbol.asyncDispose]();
  await store[Symbol.asyncDispose]();
  await service[Symbol.asyncDispose]();
});

const external = {
  objective: { type: 'external', metrics: [{ name: 'value', direction: 'maximize' }] },
  metrics: [{ name: 'value' }],
  budget: { trials: 100 },
};
const request = (): LeaseRequest => ({ token: randomUUID(), worker: 'worker', leaseSeconds: 60, isRepeatable: false });

async function handed(study: string): Promise<HandedTrial> {
  const [trial] = (await asking.dispatcher.ask(study, [request()])).trials;
  if (!trial) throw new Error('the study has no trial');
  return trial;
}

const result = { values: { value: 0.5 }, checkpoint: null, attributes: null, links: null };

/** Makes what an operation needs, and returns the operation, which alone is counted. */
type Prepare = () => Promise<() => Promise<unknown>>;

/** An operation on a study whose process has served it before. */
const asked =
  (work: (study: string) => Promise<unknown>): Prepare =>
  async () => {
    const study = await addStudy(store, external);
    await asking.trials.complete(await handed(study), result);
    return () => work(study);
  };

/** An operation of a worker of a client on a trial that it holds. */
const worker =
  (work: (trial: HandedTrial) => Promise<unknown>): Prepare =>
  async () => {
    const trial = await handed(await addStudy(store, external));
    return () => work(trial);
  };

/** An operation of a runner on a trial that it holds. */
const runner =
  (work: (trial: ClaimedTrial) => Promise<unknown>): Prepare =>
  async () => {
    await addStudy(store);
    const trial = await claimed(store, randomUUID());
    return () => work(trial);
  };

const got = async (path: string): Promise<void> => expect((await service.get(path)).statusCode).toBe(200);

const operations: Readonly<Record<string, readonly [StatementCount, Prepare]>> = {
  'a worker asks for a trial after a result': [counts(2, 1), asked(handed)],
  'eight workers ask for trials at once': [
    counts(2, 1),
    asked((study) => asking.dispatcher.ask(study, Array.from({ length: 8 }, request))),
  ],
  'a worker reports a step': [counts(1, 1), worker((trial) => asking.trials.report(trial, [reportOf(1)]))],
  'a worker reports three steps': [counts(1, 1), worker((trial) => asking.trials.report(trial, [1, 2, 3].map(reportOf)))],
  'a worker completes a trial': [counts(1, 1), worker((trial) => asking.trials.complete(trial, result))],
  'a worker sends a heartbeat': [counts(1, 1), worker((trial) => asking.trials.heartbeat(trial))],
  'a worker reports a failure': [counts(1, 1), worker((trial) => asking.trials.fail(trial, { error: 'out of memory', retry: true }))],
  'a worker releases a trial': [counts(1, 1), worker((trial) => asking.trials.release(trial))],
  'a runner claims a trial': [
    counts(1, 1),
    async () => {
      await addStudy(store);
      // Reads what limits the projects, for some seconds.
      await claimed(store, randomUUID());
      return () => claimed(store, randomUUID());
    },
  ],
  'a runner sends a heartbeat': [counts(1, 1), runner((trial) => store.queue.heartbeat([trial], 60))],
  'a runner records a step': [counts(1, 1), runner((trial) => store.queue.recordStep(trial, stepRecord(1)))],
  'a runner completes a trial with its last step': [
    counts(2, 1, 4),
    runner((trial) => store.queue.complete(trial, stepRecord(1, valuesOf(0.5)), false)),
  ],
  'a runner reports a failure': [counts(1, 1), runner((trial) => store.queue.fail(trial, { code: 'training-error', message: 'diverged' }))],
  'a runner releases a trial': [counts(1, 1), runner((trial) => store.queue.release(trial))],
  'a client reads a study': [counts(1, 0), asked((study) => got(`/v1/studies/${study}`))],
  'a client reads the leaderboard': [counts(1, 0), asked((study) => got(`/v1/studies/${study}/leaderboard`))],
  // Nothing runs: the second one looks for runners.
  'a client reads a study that no runner has begun': [
    counts(2, 0),
    async () => {
      const study = await addStudy(store);
      return () => got(`/v1/studies/${study}`);
    },
  ],
};

/** @param roundTrips default: nothing is sent beside the statements */
function counts(statements: number, commits: number, roundTrips = statements): StatementCount {
  return { statements, commits, roundTrips };
}

function reportOf(step: number): Report {
  return { step, values: { value: 0.5 }, checkpoint: null };
}

describe('the database is asked no more often than this when', () => {
  it.each(Object.entries(operations))('%s', async (_title, [expected, prepare]) => {
    const work = await prepare();
    expect(await counter.of(work)).toEqual(expected);
  });
});
