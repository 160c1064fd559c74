import { hyperparametersOf, trainingKey } from '../../objectives/text-classifier/objective.ts';
import type { ResolvedSpec } from '../definition/definition.ts';
import type { PlannedTrial } from './plan.ts';

/** A planned trial as it is queued: with what tells whether two trials are one training. */
export interface QueuedTrial extends PlannedTrial {
  /** The same for trials that differ in nothing but their epochs, in any study: one of them runs at a time. */
  readonly trainingKey: string;
  /** Epochs that it asks for; of trials with one key, the one with most goes first. */
  readonly epochsWanted: number;
}

/** What is queued of planned trials: a function of the definition and their parameters alone. */
export function queuedTrials({ objective, objectiveSeed }: ResolvedSpec, planned: readonly PlannedTrial[]): QueuedTrial[] {
  return planned.map((trial) => {
    const hyperparameters = hyperparametersOf(objective, trial.parameters);
    return { ...trial, trainingKey: trainingKey({ objective, hyperparameters, objectiveSeed }), epochsWanted: hyperparameters.epochs };
  });
}
