import type { Proposal, Suggestion } from '../../samplers/contract.ts';
import type { History } from '../../samplers/observation.ts';
import type { Configuration } from '../../space/configuration.ts';
import type { ResolvedSpec } from '../definition/definition.ts';
import type { Outcome, SamplerProgress, StudyCheckpoint } from '../model/study.ts';
import type { GivenKind, SeenTrials, TrialResult } from '../model/trial.ts';
import type { SuggestionInputs } from './suggest.ts';

/** Input of an advance, read under the study's lock. */
export interface AdvanceView {
  readonly spec: ResolvedSpec;
  readonly progress: SamplerProgress;
  /** Version of the trainer's code that the study began with. */
  readonly objectiveVersion: number;
  /** Study checkpoints written so far. */
  readonly checkpoints: number;
  readonly elapsedSeconds: number;
  /** The trials observed so far, in order; empty if the sampler does not use a window of results. */
  readonly history: History;
  /** Every trial from number `progress.observed` on, in order. If `isFull`, those behind the first open one may be missing. */
  readonly trials: readonly TrialResult[];
  /** True if at least as many trials are open as the parallelism allows, so that nothing can be suggested. Default: `trials` says it. */
  readonly isFull?: boolean;
  /** Configurations of the given trials so far, for samplers that skip them (see `Sampler.skipsGiven`). Default: none. */
  readonly given?: readonly Configuration[];
  /** Number of trials that workers ask for now. Read for searches that suggest on demand; default 0. */
  readonly demand?: number;
}

/** A trial to be queued. */
export interface PlannedTrial extends Suggestion {
  readonly number: number;
  /** Index of the suggestion; null for a given trial. */
  readonly index: number | null;
  /** The kind of a given trial; null for a suggestion. */
  readonly given: GivenKind | null;
  readonly generation: number | null;
  /** The results visible to the suggestion if the schedule does not fix them. */
  readonly seen?: SeenTrials;
}

/** Suggestions of a slow sampler that are to be made outside of any transaction: a snapshot of all that they depend on. */
export interface DueSuggestions {
  readonly inputs: SuggestionInputs;
  /** The number of the first of them. */
  readonly firstNumber: number;
  /** Trials observed by then. */
  readonly observed: number;
  /** The results visible to them if the schedule does not fix these. */
  readonly seen: SeenTrials | null;
}

/** Due suggestions and the sampler's answer. */
export interface MadeSuggestions {
  readonly due: DueSuggestions;
  readonly proposal: Proposal;
}

/**
 * Changes of an advance, stored in one transaction. `again`: another advance may find more to do at once. `due`: the search
 * continues once these suggestions are made.
 */
export interface AdvancePlan {
  readonly progress: SamplerProgress;
  readonly checkpoints: readonly StudyCheckpoint[];
  readonly queue: readonly PlannedTrial[];
  readonly end: { readonly state: 'completed' | 'failed'; readonly outcome: Outcome } | null;
  readonly again: boolean;
  readonly due: DueSuggestions | null;
}
