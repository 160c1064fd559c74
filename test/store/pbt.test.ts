import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { testFunctionPayloadSchema, valuesAt } from '../../src/objectives/test-function/objective.ts';
import { canonicalText, digestOf } from '../../src/shared/digest.ts';
import { randomStream } from '../../src/shared/random.ts';
import { advanceStudy } from '../../src/studies/actions/advance.ts';
import { verifyStudy } from '../../src/studies/actions/verify.ts';
import type { ClaimedTrial } from '../../src/studies/ports/queue.ts';
import { exportStudy } from '../support/exported.ts';
import { expireAllLeases } from './one-trial.ts';
import { addStudy, openStudyStore, type StudyStore, sampleEnvironment, stepRecord } from './study-fixture.ts';

let store: StudyStore;
beforeAll(async () => {
  store = await openStudyStore();
});
afterAll(() => store[Symbol.asyncDispose]());
beforeEach(() => store.clear());

/** Six members, five rounds of four steps. */
const definition = {
  searchSpace: [
    { type: 'categorical', name: 'slope', choices: ['first', 'second'] },
    { type: 'float', name: 'rate', low: 0.001, high: 0.1, scale: 'log' },
    { type: 'int', name: 'steps', low: 1, high: 20 },
  ],
  objective: { type: 'test-function', function: 'two-slopes' },
  sampler: { type: 'pbt', population: 6, interval: 4, share: 0.4, resample: 0.5 },
  parallelism: 6,
  budget: { trials: 100 },
};

interface Held {
  readonly trial: ClaimedTrial;
  step: number;
}

/** Evaluates the study with a number of slots, whose runners die at random, as a trainer would: each step has the key of the values until then. */
async function evaluated({
  slots,
  seed,
  deaths,
}: {
  readonly slots: number;
  readonly seed: number;
  readonly deaths: number;
}): Promise<string> {
  const study = await addStudy(store, definition);
  const stream = randomStream(seed, 'disorder');
  let held: Held[] = [];
  while ((await store.reader.study(study))?.state === 'active') {
    if (stream.uniform() < deaths) {
      held = [];
      await expireAllLeases(store);
    }
    while (held.length < slots) {
      const trial = await store.queue.claim(randomUUID(), 60);
      if (!trial) break;
      held.push({ trial, step: await begun(trial) });
    }
    if (held.length === 0) await advanceStudy(store.transactions, study);
    const next = held[stream.integer(Math.max(1, held.length))];
    if (next && (await afterStep(next))) held = held.filter((other) => other !== next);
  }
  return exportStudy(store.reader, study);
}

async function begun(trial: ClaimedTrial): Promise<number> {
  const { steps } = trial.job;
  const { resultKey, inherited } = keysOf(trial);
  const known = await store.continuation.begin(trial, { resultKey, inherited, steps, environment: sampleEnvironment });
  await store.continuation.adopt(trial, known?.steps ?? 0);
  return known?.steps ?? 0;
}

/** @returns true if the trial is over */
async function afterStep(held: Held): Promise<boolean> {
  const { trial } = held;
  const { steps, payload } = trial.job;
  held.step += 1;
  const values = valuesAt(testFunctionPayloadSchema.parse(payload), held.step, steps);
  const record = stepRecord(held.step, values, keysOf(trial).resultKey);
  const answer = held.step === steps ? await store.queue.complete(trial, record, false) : await store.queue.recordStep(trial, record);
  if (typeof answer === 'string') return answer !== 'continue';
  if (answer.kind === 'settled') await advanceStudy(store.transactions, answer.studyId);
  return true;
}

/** The key of the last segment of equal values, and those of the segments before it. */
function keysOf({ job }: ClaimedTrial) {
  const { parameters, earlierValues = [] } = testFunctionPayloadSchema.parse(job.payload);
  const segments = [...earlierValues.map((earlier) => ({ ...earlier.parameters, until: earlier.until })), { ...parameters, until: 0 }];
  const keys = segments.map((_, index) =>
    digestOf(canonicalText(segments.slice(0, index + 1).map((segment, at) => (at === index ? { ...segment, until: 0 } : segment)))),
  );
  return {
    resultKey: keys.at(-1) ?? '',
    inherited: earlierValues.map(({ until }, index) => ({ resultKey: keys[index] ?? '', lastStep: until })),
  };
}

describe('population based training', () => {
  it('has the same export with any number of slots, at any speed and after any crash, and verifies', async () => {
    const expected = await evaluated({ slots: 1, seed: 1, deaths: 0 });
    expect(JSON.parse(expected).trials).toHaveLength(30);
    for (const disorder of [
      { slots: 2, seed: 2, deaths: 0.03 },
      { slots: 6, seed: 3, deaths: 0.03 },
    ]) {
      await store.clear();
      expect(await evaluated(disorder)).toBe(expected);
    }
    const [row] = await store.sql('SELECT id FROM study');
    expect(await verifyStudy(store.reader, String(row?.['id']))).toMatchObject({ verified: true, differences: [] });
  });

  it('evaluates no step twice: a copy has the steps of the member that it copies', async () => {
    await evaluated({ slots: 3, seed: 4, deaths: 0 });
    const rows = await store.sql(
      `SELECT number, steps_done, steps_trained, jsonb_exists(origin, 'copies') AS copies FROM trial ORDER BY number`,
    );
    expect(rows.filter(({ copies }) => copies)).toHaveLength(2 * 4);
    for (const { number, steps_done: done, steps_trained: trained } of rows) {
      expect(done).toBe(4 * (1 + Math.floor(Number(number) / 6)));
      expect(trained).toBeLessThanOrEqual(4);
    }
  });

  it('has at each step of a copy the value that this step has with the values of that step', async () => {
    await evaluated({ slots: 2, seed: 5, deaths: 0 });
    const rows = await store.sql(`
      SELECT trial.payload, measurement.step, measurement.values FROM trial JOIN measurement ON measurement.trial_id = trial.id
      WHERE trial.number >= 24`);
    expect(rows).toHaveLength(6 * 20);
    for (const { payload, step, values } of rows)
      expect(values).toEqual(valuesAt(testFunctionPayloadSchema.parse(payload), Number(step), 20));
  });
});
