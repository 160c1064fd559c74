import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { readAddress } from '../../src/store/database/address.ts';
import { openDirectDatabase } from '../../src/store/database/database.ts';
import { databaseTransactions } from '../../src/store/transactions.ts';
import { openAsking } from '../../src/store/workers/open-asking.ts';
import { advanceStudy } from '../../src/studies/actions/advance.ts';
import { type BackgroundPlanning, backgroundPlanning } from '../../src/studies/actions/background-planning.ts';
import { createStudy } from '../../src/studies/actions/create.ts';
import { importStudy } from '../../src/studies/actions/import.ts';
import { verifyStudy } from '../../src/studies/actions/verify.ts';
import { studyDocumentSchema } from '../../src/studies/document/document.ts';
import type { Planner } from '../../src/studies/ports/planner.ts';
import type { Transactions } from '../../src/studies/ports/transactions.ts';
import { inProcessPlanner } from '../../src/studies/search/suggest.ts';
import { heldPlanner } from '../studies/held-planner.ts';
import { eventually } from '../support/eventually.ts';
import { exportStudy } from '../support/exported.ts';
import { objectiveValue, openStudyStore, type StudyStore, sampleEnvironment, specOf, stepRecord, valuesOf } from './study-fixture.ts';

vi.mock('../../src/samplers/tpe/sampler.ts', async (original) => {
  const [actual, { slowWhen }] = [
    await original<typeof import('../../src/samplers/tpe/sampler.ts')>(),
    await import('../samplers/slow-when.ts'),
  ];
  return { ...actual, tpeSampler: slowWhen(actual.tpeSampler, () => true) };
});

let store: StudyStore;
beforeAll(async () => {
  store = await openStudyStore();
});
afterAll(() => store[Symbol.asyncDispose]());
beforeEach(() => store.clear());

const runner = randomUUID();

/** A process: its transactions, and what it plans in the background. */
interface Process {
  readonly transactions: Transactions;
  readonly planning: BackgroundPlanning;
  readonly faults: unknown[];
}

function processWith(planner: Planner): Process {
  const faults: unknown[] = [];
  const transactions = databaseTransactions(store.database, (studyId) => planning.due(studyId));
  const planning: BackgroundPlanning = backgroundPlanning({ transactions, planner, onFault: (error) => faults.push(error) });
  return { transactions, planning, faults };
}

const fields = (schedule: 'deterministic' | 'asynchronous') => ({
  searchSpace: [
    { type: 'float', name: 'learningRate', low: 0.0005, high: 0.5115, step: 0.0005 },
    { type: 'int', name: 'hiddenUnits', low: 1, high: 511 },
  ],
  objective: { type: 'test-function', function: 'lstm-landscape' },
  sampler: { type: 'tpe', startupTrials: 3 },
  budget: { trials: 10 },
  parallelism: 3,
  schedule,
});

/** Completes what is queued, and moves the study on after each trial. */
async function work({ transactions, planning }: Process): Promise<void> {
  for (;;) {
    const trial = await store.queue.claim(runner, 600);
    if (!trial) {
      await planning.idle();
      if ((await store.sql(`SELECT 1 FROM trial WHERE state = 'queued'`)).length === 0) return;
      continue;
    }
    const digest = `${trial.studyId}-${trial.number}`;
    await store.continuation.begin(trial, { resultKey: digest, steps: 1, environment: sampleEnvironment });
    await store.continuation.adopt(trial, 0);
    const record = { ...stepRecord(1, valuesOf(objectiveValue(trial.parameters)), digest), checkpoint: null };
    await store.queue.complete(trial, record, false);
    await advanceStudy(transactions, trial.studyId);
  }
}

describe('a study with a slow sampler', () => {
  it.each(['deterministic', 'asynchronous'] as const)(
    'ends, is verified, and is imported again under the schedule %s',
    async (schedule) => {
      const process = processWith(inProcessPlanner);
      const id = await createStudy(process.transactions, specOf(fields(schedule)), 7);
      await process.planning.idle();
      await work(process);
      expect(await store.reader.study(id)).toMatchObject({ state: 'completed', sampler: { suggested: 10 } });
      const suggest = vi.fn(inProcessPlanner.suggest);
      expect(await verifyStudy(store.reader, id, { planner: { suggest } })).toMatchObject({
        verified: true,
        suggestions: 10,
        differences: [],
      });
      expect(suggest).toHaveBeenCalled();
      const document = studyDocumentSchema.parse(JSON.parse(await exportStudy(store.reader, id)));
      const copy = await importStudy(process.transactions, { document }, { suggest });
      expect((await verifyStudy(store.reader, copy, { planner: { suggest } })).differences).toEqual([]);
      expect(process.faults).toEqual([]);
    },
  );

  it('is verified without a snapshot being open while the sampler thinks', async () => {
    const process = processWith(inProcessPlanner);
    const id = await createStudy(process.transactions, specOf(fields('deterministic')), 7);
    await process.planning.idle();
    await work(process);
    const open = async (): Promise<unknown> => {
      const [row] = await store.sql(
        `SELECT count(*)::int AS open FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND xact_start IS NOT NULL`,
      );
      return row?.['open'];
    };
    const found: unknown[] = [];
    const watching: Planner = {
      suggest: async (inputs) => {
        found.push(await open());
        return inProcessPlanner.suggest(inputs);
      },
    };
    expect((await verifyStudy(store.reader, id, { planner: watching })).verified).toBe(true);
    expect(new Set(found)).toEqual(new Set([0]));
  });

  it('is verified while suggestions are under way, and is found by a sweep whose process left them', async () => {
    const held = heldPlanner();
    const first = processWith(held);
    const id = await createStudy(first.transactions, specOf(fields('deterministic')), 7);
    await eventually(() => expect(held.waiting).toHaveLength(1));
    await held.answerOne();
    await eventually(() => expect(held.waiting).toHaveLength(1));
    expect((await verifyStudy(store.reader, id)).differences).toEqual([]);
    // One trial is queued, two places are free: the process is gone with its answer.
    expect(await store.sweep.studiesDue()).toEqual([id]);
    const second = processWith(inProcessPlanner);
    await advanceStudy(second.transactions, id);
    await second.planning.idle();
    expect(await store.sweep.studiesDue()).toEqual([]);
    expect((await store.reader.trials({ studyId: id, limit: 100 })).items).toHaveLength(3);
  });

  it('makes a suggestion for a worker when one asks, from every result up to then', async () => {
    const { transactions, planning, faults } = processWith(inProcessPlanner);
    await using direct = openDirectDatabase({ address: readAddress(store.url), connections: 2 });
    const asking = openAsking(direct, {
      transactions,
      suggestionsDue: planning.due,
      onFault: (error) => faults.push(error),
    });
    await using _ending = asking.dispatcher;
    const objective = { type: 'external', metrics: [{ name: 'value', direction: 'maximize' }] };
    const id = await createStudy(
      transactions,
      specOf({ ...fields('asynchronous'), objective, metrics: [{ name: 'value' }], parallelism: 20 }),
      7,
    );
    const ask = () => {
      const requests = [{ token: randomUUID(), worker: 'worker', leaseSeconds: 60, isRepeatable: false }];
      return asking.dispatcher.ask(id, requests);
    };
    for (let number = 0; number < 6; number += 1) {
      expect(await ask()).toMatchObject({ trials: [], missing: 'suggestion' });
      await planning.idle();
      const {
        trials: [trial],
      } = await ask();
      expect(trial?.number).toBe(number);
      if (trial) await asking.trials.complete(trial, { values: { value: number }, attributes: null, links: null, checkpoint: null });
    }
    const stored = await store.sql('SELECT seen FROM trial ORDER BY number');
    expect(stored.map(({ seen }) => seen)).toEqual([0, 1, 2, 3, 4, 5].map((before) => ({ before, except: [] })));
    expect(faults).toEqual([]);
  });

  it('makes as many suggestions as workers wait for', async () => {
    const { transactions, planning, faults } = processWith(inProcessPlanner);
    await using direct = openDirectDatabase({ address: readAddress(store.url), connections: 2 });
    const asking = openAsking(direct, { transactions, suggestionsDue: planning.due, onFault: (error) => faults.push(error) });
    await using _ending = asking.dispatcher;
    const objective = { type: 'external', metrics: [{ name: 'value', direction: 'maximize' }] };
    const id = await createStudy(
      transactions,
      specOf({ ...fields('asynchronous'), objective, metrics: [{ name: 'value' }], parallelism: 20 }),
      7,
    );
    const workers = ['a', 'b', 'c'].map((worker) => ({ token: randomUUID(), worker, leaseSeconds: 60, isRepeatable: false }));
    await Promise.all(workers.map((request) => asking.dispatcher.ask(id, [request])));
    await Promise.all(workers.map((request) => asking.dispatcher.ask(id, [request])));
    await planning.idle();
    const answers = await Promise.all(workers.map((request) => asking.dispatcher.ask(id, [request])));
    expect(answers.flatMap(({ trials }) => trials.map(({ number }) => number)).sort()).toEqual([0, 1, 2]);
    expect(await store.sql('SELECT count(*)::int AS trials FROM trial')).toEqual([{ trials: 3 }]);
    expect(faults).toEqual([]);
  });

  it('is planned for by three processes at once: each trial is there once, and the search is the same', async () => {
    const alone = processWith(inProcessPlanner);
    const one = await createStudy(alone.transactions, specOf(fields('deterministic')), 7);
    await alone.planning.idle();
    await work(alone);
    const processes = [processWith(inProcessPlanner), processWith(inProcessPlanner), processWith(inProcessPlanner)];
    const everyone: Process = {
      transactions: databaseTransactions(store.database, (studyId) => {
        for (const { planning } of processes) planning.due(studyId);
      }),
      planning: {
        due: () => undefined,
        idle: async () => {
          await Promise.all(processes.map(({ planning }) => planning.idle()));
        },
        [Symbol.asyncDispose]: async () => undefined,
      },
      faults: [],
    };
    const other = await createStudy(everyone.transactions, specOf(fields('deterministic')), 7);
    await everyone.planning.idle();
    await work(everyone);
    expect(processes.flatMap(({ faults }) => faults)).toEqual([]);
    expect(await exportStudy(store.reader, other, { provenance: false })).toBe(await exportStudy(store.reader, one, { provenance: false }));
  });
});
