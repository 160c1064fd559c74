import type { Observation, Suggestion } from '../../samplers/contract.ts';
import type { ResolvedSpec } from '../definition/definition.ts';
import type { Outcome, SamplerProgress, StudyCheckpoint } from '../model/study.ts';
import type { SeenTrials, TrialResult } from '../model/trial.ts';

/** What an advance looks at: all of it read under the study's lock. */
export interface AdvanceView {
  readonly spec: ResolvedSpec;
  readonly progress: SamplerProgress;
  /** Version of the trainer's code that the study began with. */
  readonly trainerVersion: number;
  /** Study checkpoints written so far. */
  readonly checkpoints: number;
  readonly elapsedSeconds: number;
  /** The trials folded so far, in order; empty where the sampler does not look at a window of results. */
  readonly history: readonly Observation[];
  /** Every trial from number `progress.folded` on, in order. */
  readonly trials: readonly TrialResult[];
}

/** A trial to be queued. */
export interface PlannedTrial extends Suggestion {
  readonly number: number;
  readonly generation: number | null;
  /** What the suggestion saw, where the schedule did not fix it. */
  readonly seen?: SeenTrials;
}

/** What an advance does, all in one transaction. `again`: another advance may find more to do at once. */
export interface AdvancePlan {
  readonly progress: SamplerProgress;
  readonly checkpoints: readonly StudyCheckpoint[];
  readonly queue: readonly PlannedTrial[];
  readonly end: { readonly state: 'completed' | 'failed'; readonly outcome: Outcome } | null;
  readonly again: boolean;
}
