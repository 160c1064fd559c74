import type { BoundSampler } from '../../samplers/bound-sampler.ts';
import type { Observation } from '../../samplers/observation.ts';
import type { Configuration } from '../../space/configuration.ts';
import type { ResolvedSpec } from '../definition/definition.ts';
import type { SamplerProgress, StudyCheckpoint } from '../model/study.ts';
import type { Planner } from '../ports/planner.ts';
import type { AdvancePlan, MadeSuggestions, PlannedTrial } from '../search/plan.ts';
import type { NumberedBuffer, ReplayCheckpoint, ReplayTrial } from './numbered-buffer.ts';

/** The definition of a study and its stored data. */
export interface ReplayInput {
  readonly spec: ResolvedSpec;
  /** Version of the sampler's code that the study began with. */
  readonly samplerVersion: number;
  /**
   * Ordered by number. Numbers may be missing: those trials are open. Under the asynchronous schedule only the last ones may be
   * missing, because only the trials themselves record the results visible to them.
   */
  readonly trials: AsyncIterable<ReplayTrial> | Iterable<ReplayTrial>;
  /** Ordered by sequence. */
  readonly checkpoints: AsyncIterable<ReplayCheckpoint> | Iterable<ReplayCheckpoint>;
  /** Makes the suggestions of a slow sampler again. */
  readonly planner: Planner;
  /** Number of trials that the stored study has observed; the replay observes no more. Absent: as many as possible. */
  readonly observed?: number;
  /** Receives every study checkpoint of the replay, in order. */
  readonly keep?: (checkpoint: StudyCheckpoint) => void;
}

/** The state of a replay in progress. */
export interface Replay {
  readonly input: ReplayInput;
  readonly learns: BoundSampler['learns'];
  readonly readsHistory: boolean;
  readonly buffer: NumberedBuffer<ReplayTrial>;
  readonly checkpoints: NumberedBuffer<ReplayCheckpoint>;
  /** Suggested and given trials from the first unobserved one on, by number. */
  readonly suggested: Map<number, PlannedTrial>;
  /** Configurations of the given trials so far. */
  given: readonly Configuration[];
  /** Indices of suggestions whose trials have other numbers, by number. */
  readonly indices: Map<number, number>;
  /** Observed trials, if the sampler uses them. */
  readonly history: Observation[];
  /** The suggestions of a slow sampler that the next step may use. */
  made: MadeSuggestions | null;
  progress: SamplerProgress;
  written: number;
  end: AdvancePlan['end'];
  stuck: boolean;
}
