import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { insertNewStudy, newStudy } from '../../src/studies/actions/create.ts';
import { resolveNewSpec } from '../../src/studies/definition/resolve.ts';
import type { ClaimedTrial } from '../../src/studies/ports/queue.ts';
import { exportStudy } from '../support/exported.ts';
import { countOfEvaluations, storedStepNumbers, storedTrialById } from './inspect.ts';
import { sampleEvaluation } from './one-trial.ts';
import { sameTraining, trainingsOn } from './same-training.ts';
import { addStudy, claimed, openStudyStore, type StudyStore, specOf, stepRecord, valuesOf } from './study-fixture.ts';

vi.mock('../../src/objectives/test-function/objective.ts', async (original) => {
  const { withEveryFeature } = await import('../objectives/every-feature.ts');
  return withEveryFeature(await original());
});

let store: StudyStore;
beforeAll(async () => {
  store = await openStudyStore(20);
});
afterAll(() => store[Symbol.asyncDispose]());
beforeEach(() => store.clear());

const runner = randomUUID();

const { begin, train, finish } = trainingsOn(() => store);
/** Adds a study whose trials are also measured on held-out data, as a campaign does. */
function addEvaluatedStudy(overrides: Record<string, unknown>): Promise<string> {
  const study = newStudy({ spec: { ...resolveNewSpec(specOf(overrides), 7), evaluate: true }, campaign: null });
  return store.transactions.transaction((tx) => insertNewStudy(tx, study));
}
const trialRow = ({ trialId }: ClaimedTrial) => storedTrialById(store, trialId);

/** With a number that has no short decimal. */
const evaluation = { ...sampleEvaluation, score: 0.1 + 0.2 };

describe('a trial that is evaluated on held-out data', () => {
  it('is completed by its evaluation, with the values of its last step; both come out of the export', async () => {
    const study = await addEvaluatedStudy(sameTraining(2));
    const trial = await claimed(store, runner);
    await begin(trial);
    await train(trial, 1, 2);
    expect(await trialRow(trial)).toMatchObject({ state: 'running', stepsDone: 2 });
    expect(await store.reader.evaluation(trial.trialId)).toBeNull();
    expect(await store.queue.completeEvaluated(trial, { step: 2, resultKey: 'digest', evaluation })).toEqual({
      kind: 'settled',
      studyId: study,
    });
    expect(await trialRow(trial)).toMatchObject({ state: 'completed', value: 0.02, source: 'trained', stepsTrained: 2 });
    expect(await store.reader.evaluation(trial.trialId)).toEqual(evaluation);
    expect(await store.reader.evaluations(study)).toEqual([{ trialId: trial.trialId, evaluation }]);
    expect(JSON.parse(await exportStudy(store.reader, study)).trials[0]).toMatchObject({ value: 0.02, evaluation });
  });

  it('may stand on known steps alone, or on one that diverged', async () => {
    await addStudy(store, sameTraining(2, 2));
    await finish(await claimed(store, runner), 1, 2);
    const memo = await claimed(store, runner);
    await begin(memo);
    await store.continuation.adopt(memo, 2);
    await store.queue.completeEvaluated(memo, { step: 2, resultKey: 'digest', evaluation });
    expect(await trialRow(memo)).toMatchObject({ source: 'reused', reuse: 'equal', value: 0.02, stepsTrained: 0, diverged: false });
    await addStudy(store, { ...sameTraining(5), objectiveSeed: 8 });
    const diverging = await claimed(store, runner);
    await begin(diverging, 'diverging');
    await store.queue.recordStep(diverging, { ...stepRecord(1, valuesOf(null), 'diverging'), checkpoint: null }, true);
    await store.queue.completeEvaluated(diverging, { step: 1, resultKey: 'diverging', evaluation });
    expect(await trialRow(diverging)).toMatchObject({ state: 'completed', diverged: true, stepsDone: 1 });
  });

  it('leaves nothing behind of its evaluation when its study is deleted', async () => {
    const study = await addStudy(store, sameTraining(1));
    const trial = await claimed(store, runner);
    await begin(trial);
    await train(trial, 1, 1);
    await store.queue.completeEvaluated(trial, { step: 1, resultKey: 'digest', evaluation });
    await store.sql(`DELETE FROM study WHERE id = '${study}'`);
    expect(await countOfEvaluations(store)).toBe(0);
    expect(await storedStepNumbers(store)).toEqual([1]);
  });
});
