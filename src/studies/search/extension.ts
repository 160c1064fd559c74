import { oriented } from '../../samplers/contract.ts';
import type { Violation } from '../../shared/errors.ts';
import { metricOf, type ResolvedSpec, samplerOf } from '../definition/definition.ts';
import { rankingRuleOf, scoreOf } from '../definition/ranking.ts';
import { nextNumber } from '../model/progress.ts';
import type { Restart, SamplerProgress, StudyCheckpoint } from '../model/study.ts';
import type { TrialResult } from '../model/trial.ts';
import { suggestionLimit } from './advance-draft.ts';
import { withResults } from './advance-plan.ts';
import { overText } from './study-end.ts';

/** A study that ended, as far as an extension looks at it. */
export interface EndedSearch {
  /** With the new budget. */
  readonly spec: ResolvedSpec;
  readonly progress: SamplerProgress;
  /** The last two study checkpoints, the last one first. */
  readonly checkpoints: readonly StudyCheckpoint[];
  /**
   * The trials of the generation that was closed last, in order. For a sequential search: the trials from its last one that counts on.
   */
  readonly recent: readonly TrialResult[];
  readonly elapsedSeconds: number;
}

/**
 * The place from which a search goes on under a larger budget, as if it had that budget from the start. If the number of trials had cut
 * the last generation short, that generation is open again and its study checkpoint is void. Trials that were given after the last
 * generation join the next one.
 */
export function restartOf({ spec, progress, checkpoints: [last, before], recent }: EndedSearch): Restart {
  const sampler = samplerOf(spec, progress.version);
  if (!last || sampler.learns !== 'generations') return { progress, checkpoints: (last?.sequence ?? -1) + 1 };
  const closed = before && sampler.generation(before.state);
  const isCut = closed && progress.suggested < closed.firstIndex + closed.size && suggestionLimit(spec, progress) > progress.suggested;
  const { state, trials: observed, sequence } = isCut ? before : last;
  const again = recent.filter(({ number }) => number >= observed && number < progress.observed);
  const withValue = progress.withValue - withResults(spec, again);
  return { progress: { ...progress, state, observed, withValue }, checkpoints: sequence + 1 };
}

/** Returns the limits of the new budget that would end the study again at once. Pointers are into the request. */
export function spentLimits({ spec, recent, elapsedSeconds }: EndedSearch, { progress }: Restart): Violation[] {
  const { trials, generations, wallClockSeconds, targetValue } = spec.budget;
  const isDone = progress.observed === nextNumber(progress);
  const closed = samplerOf(spec, progress.version).generation(progress.state)?.index ?? 0;
  const spent = (limit: string, what: string): Violation => ({
    pointer: `/budget/${limit}`,
    detail: `${what}: raise it further, or remove it`,
  });
  const reached = targetValue === undefined ? undefined : reachedBy(spec, recent, progress.observed, targetValue);
  return [
    ...(isDone && trials !== undefined && progress.suggested >= suggestionLimit(spec, progress)
      ? [spent('trials', overText(spec, trials, 'trial', 'done'))]
      : []),
    ...(isDone && generations !== undefined && closed >= generations
      ? [spent('generations', overText(spec, closed, 'generation', 'done'))]
      : []),
    ...(wallClockSeconds !== undefined && elapsedSeconds >= wallClockSeconds
      ? [spent('wallClockSeconds', `the study was active for ${Math.ceil(elapsedSeconds)} seconds`)]
      : []),
    ...(reached ? [spent('targetValue', `trial ${reached.number} has reached ${reached.value}`)] : []),
  ];
}

function reachedBy(spec: ResolvedSpec, trials: readonly TrialResult[], observed: number, target: number): TrialResult | undefined {
  const wanted = oriented(metricOf(spec).direction, target);
  const rule = rankingRuleOf(spec);
  return trials.find(
    (trial) => trial.number < observed && trial.given !== 'known' && (scoreOf(rule, trial) ?? Number.NEGATIVE_INFINITY) >= wanted,
  );
}

/** Number of suggestions of a search that are all tried, so that no budget can continue it; null if there are more, or no end. */
export function exhaustedSize(spec: ResolvedSpec, progress: SamplerProgress): number | null {
  const { version, observed, suggested } = progress;
  const sampler = samplerOf(spec, version);
  const generation = sampler.generation(progress.state);
  if (generation) return generation.size === 0 ? suggested : null;
  const size = sampler.size(spec.budget);
  return size !== null && observed === nextNumber(progress) && suggested >= size ? size : null;
}
