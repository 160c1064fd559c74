import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { DomainError } from '../../src/shared/errors.ts';
import { advanceStudy } from '../../src/studies/actions/advance.ts';
import { forkStudy } from '../../src/studies/actions/fork.ts';
import { importStudy } from '../../src/studies/actions/import.ts';
import { moveStudy } from '../../src/studies/actions/life-cycle.ts';
import { studyDocumentSchema } from '../../src/studies/document/document.ts';
import type { Lease } from '../../src/studies/ports/queue.ts';
import { inProcessPlanner } from '../../src/studies/search/suggest.ts';
import { testAsking } from '../http/asking.ts';
import { exportStudy } from '../support/exported.ts';
import { addCampaign, settle, smallest, sweepOnce } from './campaigns/campaign-fixture.ts';
import { endLeases, storedStudyIds } from './inspect.ts';
import { addStudy, objectiveValue, type StudyStore, stepRecord, valuesOf } from './study-fixture.ts';

const external = {
  objective: { type: 'external', metrics: [{ name: 'value', direction: 'maximize' }] },
  metrics: [{ name: 'value' }],
  budget: { trials: 9 },
};
const studies = [
  { budget: { trials: 12 }, parallelism: 4, retries: { maxAttempts: 2 } },
  { sampler: { type: 'genetic', population: 4, elites: 1 }, budget: { generations: 3 }, parallelism: 3 },
  { sampler: { type: 'tpe', startupTrials: 3 }, budget: { trials: 10, targetValue: 0.95 }, parallelism: 2 },
  external,
  { ...external, sampler: { type: 'tpe', startupTrials: 3 }, budget: { trials: 8 } },
];

/** One thing that happens to the studies of a database. @param pick a number that decides between what it can happen to */
export type Happening = (history: History, pick: number) => Promise<unknown>;

interface History {
  readonly store: StudyStore;
  readonly asking: ReturnType<typeof testAsking>;
  /** Leases of runners that are lost. */
  readonly lost: Lease[];
  /** Leases of workers, ended ones among them. */
  readonly held: Lease[];
}

/** Opens a history with studies of every kind and a campaign. */
export async function begunHistory(store: StudyStore): Promise<History & AsyncDisposable> {
  for (const fields of studies) await addStudy(store, fields);
  await addCampaign(store, smallest);
  const asking = testAsking(store.database, store.url);
  return { store, asking, lost: [], held: [], [Symbol.asyncDispose]: () => asking[Symbol.asyncDispose]() };
}

const runner = randomUUID();

/** All that can happen, by name. */
export const happenings = {
  complete: async ({ store }, pick) => {
    const trial = await store.queue.claim(runner, 60);
    if (!trial) return;
    if (trial.job.evaluate) return settle(store, trial);
    const [key, values] = [`digest ${trial.trialId}`, valuesOf(objectiveValue(trial.parameters))];
    const last = 1 + (pick % 3);
    for (let step = 1; step < last; step += 1) await store.queue.recordStep(trial, stepRecord(step, values, key));
    return store.queue.complete(trial, stepRecord(last, values, key), pick % 11 === 0);
  },
  fail: async ({ store }) => {
    const trial = await store.queue.claim(runner, 60);
    if (trial) await store.queue.fail(trial, { code: 'training-error', message: 'it did not converge' });
  },
  lose: async ({ store, lost }) => {
    const trial = await store.queue.claim(runner, 60);
    if (!trial) return;
    await store.queue.recordStep(trial, stepRecord(1, undefined, `digest ${trial.trialId}`));
    lost.push(trial);
    await endLeases(store);
    await store.queue.expireLeases(0.001);
  },
  deliverLate: async ({ store, lost }, pick) => {
    const lease = lost[pick % Math.max(lost.length, 1)];
    if (lease) await store.queue.complete(lease, stepRecord(2, undefined, `digest ${lease.trialId}`), true);
  },
  recordLate: async ({ store, lost }, pick) => {
    const lease = lost[pick % Math.max(lost.length, 1)];
    if (lease) await store.queue.recordStep(lease, stepRecord(2 + (pick % 2), undefined, `digest ${lease.trialId}`));
  },
  advance: async ({ store }) => {
    for (const study of await storedStudyIds(store)) await advanceStudy(store.transactions, study);
    await sweepOnce(store);
  },
  ask: async ({ store, asking, held }, pick) => {
    const studies = await storedStudyIds(store, { objective: 'external' });
    const study = studies[pick % studies.length] ?? '';
    const requests = Array.from({ length: 1 + (pick % 3) }, () => ({
      token: randomUUID(),
      worker: 'w',
      leaseSeconds: 60,
      isRepeatable: false,
    }));
    await allowed(async () => held.push(...(await asking.dispatcher.ask(study, requests)).trials));
  },
  report: async ({ asking, held }, pick) => {
    const lease = held[pick % Math.max(held.length, 1)];
    if (lease) await asking.trials.report(lease, [{ step: 1 + (pick % 5), values: { value: 0.5 }, checkpoint: null }]);
  },
  tell: async ({ asking, held }, pick) => {
    const lease = held[pick % Math.max(held.length, 1)];
    if (lease) await asking.trials.complete(lease, { values: { value: pick % 7 }, checkpoint: null, attributes: null, links: null });
  },
  tellFailure: async ({ asking, held }, pick) => {
    const lease = held[pick % Math.max(held.length, 1)];
    if (lease) await asking.trials.fail(lease, { error: 'out of memory', retry: pick % 2 === 0 });
  },
  release: async ({ asking, held }, pick) => {
    const lease = held[pick % Math.max(held.length, 1)];
    if (lease) await asking.trials.release(lease);
  },
  pause: ({ store }, pick) => allowed(async () => moveStudy(store.transactions, await oneOf(store, pick), 'pause')),
  resume: ({ store }, pick) => allowed(async () => moveStudy(store.transactions, await oneOf(store, pick), 'resume')),
  cancel: ({ store }, pick) => allowed(async () => moveStudy(store.transactions, await oneOf(store, pick), 'cancel')),
  import: async ({ store }, pick) => {
    const document = studyDocumentSchema.parse(JSON.parse(await exportStudy(store.reader, await oneOf(store, pick))));
    await importStudy(store.transactions, { document });
  },
  fork: async ({ store: { transactions, reader }, store }, pick) => {
    const trials = 1 + (pick % 4);
    await allowed(async () =>
      forkStudy({ transactions, reader, planner: inProcessPlanner, version: '1' }, await oneOf(store, pick), { trials }),
    );
  },
} satisfies Record<string, Happening>;

async function oneOf(store: StudyStore, pick: number): Promise<string> {
  const ids = await storedStudyIds(store);
  return ids[pick % ids.length] ?? '';
}

/** The state of a study may forbid it. */
async function allowed(work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
  }
}

/** How often a happening is drawn beside the others, which are drawn once: results, and what leads to them. */
const often: Readonly<Record<string, number>> = {
  complete: 10,
  ask: 6,
  tell: 6,
  advance: 4,
  fail: 3,
  lose: 2,
  deliverLate: 2,
  recordLate: 2,
};

/** Any sequence of happenings, each with its name. */
export const anyHistory = fc.array(
  fc.tuple(
    fc.oneof(...Object.entries(happenings).map((happening) => ({ weight: often[happening[0]] ?? 1, arbitrary: fc.constant(happening) }))),
    fc.nat({ max: 999 }),
  ),
  { minLength: 40, maxLength: 70, size: 'max' },
);
