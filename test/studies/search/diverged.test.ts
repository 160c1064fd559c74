import { describe, expect, test } from 'vitest';
import { advance, openTrials, runInOrder, type SimulatedStudy, settle, specOf, startStudy } from '../simulator.ts';

/** Settles every open trial with the same value, as trainings that diverged. */
function allDiverge(study: SimulatedStudy, value: number): void {
  for (const number of openTrials(study)) {
    settle(study, number, () => value);
    const trial = study.trials[number];
    if (trial) study.trials[number] = { ...trial, diverged: true };
  }
  advance(study);
}

const definition = { sampler: { type: 'random' }, parallelism: 2 };

describe('a training that diverged', () => {
  test('reaches no target value; in a definition that ranks by value it does', () => {
    for (const [ranking, state] of [
      ['finite-first', 'active'],
      ['by-value', 'completed'],
      [undefined, 'completed'],
    ] as const) {
      const study = startStudy(specOf({ ...definition, ...(ranking && { ranking }), budget: { trials: 20, targetValue: 0.9 } }));
      allDiverge(study, 0.99);
      expect(study.state).toBe(state);
    }
  });

  test('is no result: a study of nothing else ends as one whose trials all failed', () => {
    const study = startStudy(specOf({ ...definition, ranking: 'finite-first', budget: { trials: 2 } }));
    allDiverge(study, 0.99);
    const detail = 'each of the 2 trials failed or diverged; see their errors and values';
    expect(study).toMatchObject({ state: 'failed', outcome: { reason: 'all-trials-failed', detail } });
    const byValue = startStudy(specOf({ ...definition, ranking: 'by-value', budget: { trials: 2 } }));
    allDiverge(byValue, 0.99);
    expect(byValue).toMatchObject({ state: 'completed', outcome: { reason: 'budget' } });
  });

  test('changes no word of the end of a study of before: a verification compares it', () => {
    const study = runInOrder(specOf({ ...definition, budget: { trials: 2 } }), () => null);
    expect(study.outcome?.detail).toBe('none of the 2 trials brought a value; see their errors');
  });
});
