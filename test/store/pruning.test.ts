import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { verifyStudy } from '../../src/studies/actions/verify.ts';
import type { StudyDocument } from '../../src/studies/document/document.ts';
import { begin, expireAllLeases, trialRow } from './one-trial.ts';
import { evaluated, prunedStudy } from './pruned-search.ts';
import { addStudy, claimed, openStudyStore, type StudyStore, sampleEnvironment, stepRecord, valuesOf } from './study-fixture.ts';

let store: StudyStore;
beforeAll(async () => {
  store = await openStudyStore();
});
afterAll(() => store[Symbol.asyncDispose]());
beforeEach(() => store.clear());

const runner = randomUUID();
const read = (text: string) => JSON.parse(text) as StudyDocument;
const statesOf = (document: StudyDocument) => new Set(document.trials.map(({ state }) => state));

/** Studies under the deterministic schedule, each with another pruner. */
const searches: Readonly<Record<string, Record<string, unknown>>> = {
  'random with asha': prunedStudy,
  'tpe with the median': { ...prunedStudy, sampler: { type: 'tpe', startupTrials: 3 }, pruner: { type: 'median', minTrials: 3 } },
  'genetic with a percentile': {
    ...prunedStudy,
    sampler: { type: 'genetic', population: 4, elites: 1 },
    pruner: { type: 'percentile', percentile: 40, minTrials: 2, warmupSteps: 0, intervalSteps: 2 },
  },
};

describe.each(Object.entries(searches))('a deterministic study: %s', (_title, definition) => {
  it('has the same export with any number of slots, at any speed and after any crash, and verifies', async () => {
    const expected = await evaluated(store, definition, { slots: 1, seed: 1 });
    expect(statesOf(read(expected))).toEqual(new Set(['completed', 'pruned']));
    for (const disorder of [
      { slots: 2, seed: 2, deaths: 0.03 },
      { slots: 8, seed: 3, deaths: 0.03 },
    ]) {
      await store.clear();
      expect(await evaluated(store, definition, disorder)).toBe(expected);
    }
    const [row] = await store.sql('SELECT id FROM study');
    expect(await verifyStudy(store.reader, String(row?.['id']))).toMatchObject({ verified: true, differences: [] });
  });
});

it.each([
  ['asha', { type: 'asha', reductionFactor: 2 }, ['completed', 'pruned']],
  ['median', { type: 'median', minTrials: 2, warmupSteps: 0 }, ['completed']],
  ['percentile', { type: 'percentile', percentile: 50, minTrials: 2, warmupSteps: 0 }, ['completed']],
])(
  '%s compares a trial of a deterministic study with the earlier ones of the states that it counts, up to its window',
  async (_, pruner, compared) => {
    const document = read(await evaluated(store, { ...prunedStudy, budget: { trials: 30 }, pruner }, { slots: 3, seed: 5 }));
    expect(statesOf(document)).toEqual(new Set(['completed', 'pruned']));
    const scoresAt = (step: number, end: number) =>
      document.trials
        .filter(({ number, state }) => number < end && compared.includes(state))
        .flatMap(({ judgements = [] }) => judgements.filter((judgement) => judgement.step === step).map(({ score }) => score));
    for (const { number, judgements = [] } of document.trials)
      for (const { step, others } of judgements) expect(others).toBe(scoresAt(step, number - prunedStudy.parallelism + 1).length);
  },
);

describe('an asynchronous study', () => {
  it('judges by what had arrived, stores its place in that order, and verifies', async () => {
    const definition = { ...prunedStudy, schedule: 'asynchronous' };
    const document = read(await evaluated(store, definition, { slots: 5, seed: 4, deaths: 0.02 }));
    expect(statesOf(document)).toEqual(new Set(['completed', 'pruned']));
    const first = document.trials.flatMap(({ judgements = [] }) => judgements.filter(({ step }) => step === 1));
    expect(first.map(({ place }) => place).sort((one, other) => (one ?? 0) - (other ?? 0))).toEqual(first.map((_, place) => place));
    expect(first.every(({ others, place }) => others === place)).toBe(true);
    const [row] = await store.sql('SELECT id FROM study');
    expect(await verifyStudy(store.reader, String(row?.['id']))).toMatchObject({ verified: true, differences: [] });
  });
});

describe('a judgement', () => {
  const one = { ...prunedStudy, parallelism: 2, budget: { trials: 8 } };
  const report = (trial: Awaited<ReturnType<typeof claimed>>, step: number, value: number | null) =>
    store.queue.recordStep(trial, stepRecord(step, valuesOf(value), trial.trialId));

  it('under the deterministic schedule sees only trials whose results its suggestion could see', async () => {
    await addStudy(store, { ...one, pruner: { type: 'asha' } });
    const [first, second] = [await claimed(store, runner), await claimed(store, runner)];
    expect(await report(first, 1, 0.9)).toBe('continue');
    // Trial 1 was suggested together with trial 0.
    expect(await report(second, 1, 0.1)).toBe('continue');
  });

  it('stops a trial below its rung: it ends with this step, and the report can be repeated', async () => {
    const study = await addStudy(store, { ...one, schedule: 'asynchronous' });
    const [first, second] = [await claimed(store, runner), await claimed(store, runner)];
    await report(first, 1, 0.9);
    const stopped = { kind: 'settled', studyId: study };
    expect(await report(second, 1, 0.1)).toEqual(stopped);
    expect(await report(second, 1, 0.1)).toEqual(stopped);
    expect(await trialRow(store, second)).toMatchObject({ state: 'pruned', value: 0.1, score: null, stepsDone: 1, leaseToken: null });
    expect((await store.reader.leaderboard(study, 10)).map(({ number }) => number)).not.toContain(second.number);
  });

  it('stops a value that is not finite, and none before there is another', async () => {
    await addStudy(store, { ...one, schedule: 'asynchronous' });
    const [first, second] = [await claimed(store, runner), await claimed(store, runner)];
    expect(await report(first, 1, null)).toBe('continue');
    expect(await report(second, 1, null)).toBe('continue');
    expect(await report(first, 2, 0.2)).toBe('continue');
    expect(await report(second, 2, null)).toMatchObject({ kind: 'settled' });
  });

  it('is made for a step that was stored before its process died, when the next attempt begins', async () => {
    await addStudy(store, { ...one, schedule: 'asynchronous' });
    const first = await claimed(store, runner);
    await report(first, 1, 0.9);
    const second = await claimed(store, runner);
    await begin(store, second, second.trialId);
    await store.sql(
      `INSERT INTO step_result (result_key, step, diverged, values) VALUES ('${second.trialId}', 1, false, '{"value": 0.1, "spread": 0.1}')`,
    );
    await expireAllLeases(store);
    const again = [await claimed(store, runner), await claimed(store, runner)].find(({ trialId }) => trialId === second.trialId);
    expect(
      await store.continuation.begin(again ?? second, { resultKey: second.trialId, steps: 4, environment: sampleEnvironment }),
    ).toMatchObject({
      stopped: { kind: 'settled' },
    });
    expect(await trialRow(store, second)).toMatchObject({ state: 'pruned', stepsDone: 1, value: 0.1 });
  });

  it('is not made for a known step that diverged: it completes the trial, as in a training', async () => {
    await addStudy(store, { ...one, schedule: 'asynchronous' });
    await report(await claimed(store, runner), 1, 0.9);
    const second = await claimed(store, runner);
    await store.sql(
      `INSERT INTO step_result (result_key, step, diverged, values) VALUES ('known', 1, true, '{"value": 0.1, "spread": 0.1}')`,
    );
    const known = await store.continuation.begin(second, { resultKey: 'known', steps: 4, environment: sampleEnvironment });
    expect(known).toMatchObject({ steps: 1, diverged: true });
    expect(known?.stopped).toBeUndefined();
    expect(await store.continuation.complete(second, 1)).toMatchObject({ kind: 'settled' });
    expect(await trialRow(store, second)).toMatchObject({ state: 'completed', diverged: true });
  });

  it('is made for the steps of a late result: a trial that would have been stopped is stopped', async () => {
    await addStudy(store, { ...one, schedule: 'asynchronous' });
    const first = await claimed(store, runner);
    const second = await claimed(store, runner);
    await begin(store, second, second.trialId);
    await expireAllLeases(store);
    await report(await claimed(store, runner), 1, 0.9);
    for (let step = 1; step < 4; step += 1) await report(second, step, step === 1 ? 0.1 : 0.95);
    expect(await store.queue.complete(second, stepRecord(4, valuesOf(0.95), second.trialId), false)).toMatchObject({ kind: 'settled' });
    expect(await trialRow(store, second)).toMatchObject({ state: 'pruned', stepsDone: 1, value: 0.1 });
    expect(first.number).toBe(0);
  });

  it('is found by a verification if it was changed', async () => {
    const study = await addStudy(store, { ...one, schedule: 'asynchronous' });
    const [first, second] = [await claimed(store, runner), await claimed(store, runner)];
    await report(first, 1, 0.9);
    await report(second, 1, 0.1);
    await store.sql('UPDATE judgement SET least = 0.2 WHERE number = 1');
    const { differences } = await verifyStudy(store.reader, study);
    expect(differences).toMatchObject([{ where: 'trials/1/judgements/1', expected: '{"least":0.9,"others":1}' }]);
  });
});
