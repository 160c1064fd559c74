import type { BoundSampler } from '../../samplers/bound-sampler.ts';
import type { History, Observation } from '../../samplers/observation.ts';
import { followedBy } from '../../shared/shared-list.ts';
import type { ResolvedSpec } from '../definition/definition.ts';
import type { SamplerProgress, StudyCheckpoint } from '../model/study.ts';
import type { SeenTrials, TrialResult } from '../model/trial.ts';
import type { AdvancePlan, AdvanceView, DueSuggestions, MadeSuggestions, PlannedTrial } from './plan.ts';

/** A plan in the making: the steps of an advance change it one after another, and never the view. */
export interface Draft {
  readonly view: AdvanceView;
  readonly sampler: BoundSampler;
  progress: SamplerProgress;
  /** Results that the next suggestion sees beside those of the view, ordered by number. Nothing is observed once `seen` is set. */
  readonly news: Observation[];
  /** Identifies those results if the schedule does not fix them (see `lookBeyond`). */
  seen: SeenTrials | null;
  checkpoints: StudyCheckpoint[];
  queue: PlannedTrial[];
  end: AdvancePlan['end'];
  again: boolean;
  /** Trials that its suggestions computed with, all together. */
  looked: number;
  /** Suggestions of a slow sampler that were made for this advance and are not used yet. */
  made: MadeSuggestions | null;
  /** Those that it waits for: once set, nothing more is suggested. */
  due: DueSuggestions | null;
}

/** A plan to which nothing has been added. */
export function newDraft(view: AdvanceView, sampler: BoundSampler, made: MadeSuggestions | null): Draft {
  const { progress } = view;
  const nothing = { seen: null, checkpoints: [], queue: [], end: null, again: false, looked: 0, due: null };
  return { view, sampler, progress, news: [], ...nothing, made };
}

/** The results visible to the next suggestion, ordered by number. */
export function historyOf({ view, news }: Draft): History {
  return followedBy(view.history, news);
}

/** A finished trial as a sampler sees it. */
export function observationOf({
  number,
  index,
  given,
  parameters,
  origin,
  value,
  metricValues,
  violation,
  prunedAt,
  diverged,
}: TrialResult): Observation {
  return {
    number,
    index,
    parameters,
    origin,
    value,
    ...(metricValues && { values: metricValues }),
    ...(violation !== undefined && { violation }),
    ...(prunedAt !== undefined && { prunedAt }),
    ...(diverged && { diverged }),
    ...(given === 'known' && { known: true }),
  };
}

/** Upper bound of suggestions by the budget, which is charged for enqueued trials too; infinite if the budget has no number of trials. */
export function suggestionLimit({ budget }: Pick<ResolvedSpec, 'budget'>, { skipped, enqueued }: ChargedCounts): number {
  return (budget.trials ?? Number.POSITIVE_INFINITY) + skipped - enqueued;
}
type ChargedCounts = Pick<SamplerProgress, 'skipped' | 'enqueued'>;
