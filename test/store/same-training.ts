import type { KnownTraining } from '../../src/studies/ports/continuation.ts';
import type { ClaimedTrial, Settlement } from '../../src/studies/ports/queue.ts';
import { type StudyStore, sampleEnvironment, stepRecord, valuesOf } from './study-fixture.ts';

/** Trials that differ in their steps alone, in this order. */
export const sameTraining = (...lengths: number[]) => ({
  searchSpace: [{ type: 'int', name: 'steps', low: 1, high: 15 }],
  sampler: { type: 'list', points: lengths.map((steps) => ({ steps })) },
  budget: { trials: lengths.length },
  parallelism: 1000,
});

/** Evaluates claimed trials step by step, as a runner does, under one digest for all unless a test names another. */
export interface Trainings {
  begin(trial: ClaimedTrial, resultKey?: string): Promise<KnownTraining>;
  /** Records steps; each has a value of its own. */
  train(trial: ClaimedTrial, from: number, to: number): Promise<void>;
  /** Records the steps, and completes the trial with the last one. */
  finish(trial: ClaimedTrial, from: number, to: number): Promise<Settlement>;
}

/** @param storeOf the store of the test that runs */
export function trainingsOn(storeOf: () => StudyStore): Trainings {
  const train: Trainings['train'] = async (trial, from, to) => {
    for (let step = from; step <= to; step += 1) await storeOf().queue.recordStep(trial, stepRecord(step, valuesOf(step / 100)));
  };
  return {
    begin: async (trial, resultKey = 'digest') => {
      const steps = Number(trial.parameters['steps']);
      const found = await storeOf().continuation.begin(trial, { resultKey, steps, environment: sampleEnvironment });
      if (!found) throw new Error('the lease is lost');
      return found;
    },
    train,
    finish: async (trial, from, to) => {
      await train(trial, from, to - 1);
      return storeOf().queue.complete(trial, stepRecord(to, valuesOf(to / 100)), false);
    },
  };
}
