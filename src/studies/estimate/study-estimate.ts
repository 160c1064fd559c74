import { objectiveFor } from '../../objectives/table.ts';
import { counted } from '../../shared/counted.ts';
import { type ResolvedSpec, samplerOf } from '../definition/definition.ts';
import { plannedTrials } from '../search/planned-trials.ts';
import { assumptionsText } from './assumptions.ts';
import { type Effort, type ExactEffort, rounded } from './effort.ts';
import { type Means, mostStepsOf, sampledMeans, trainedAnew, trainedAtRungs } from './means.ts';
import { searchPoints } from './search-points.ts';
import { spreadOver } from './space-average.ts';

/** The effort of a study, before anything is created. */
export interface StudyEstimate extends Effort {
  /** The assumptions and what cannot be known, in words. */
  readonly assumes: string;
}

/** Estimates a study without creating anything. Yields to the event loop. */
export async function estimateStudy(spec: ResolvedSpec): Promise<StudyEstimate> {
  const objective = objectiveFor(spec.objective);
  const trials = plannedTrials(spec);
  const { points, isAll } = (await searchPoints(spec)) ?? { points: spreadOver(spec.searchSpace), isAll: false };
  const means = await sampledMeans(spec.objective, points);
  const mostSteps = mostStepsOf(spec.objective, spec.searchSpace, { steps: means.steps, isAll });
  const effort = trials === null ? null : searchEffort(spec, means, mostSteps, trials);
  const sentences = [
    ...(trials === null ? [unknownTrials] : []),
    ...otherEnds(spec),
    ...(trials === null ? [] : [assumptionsText(objective, 'study')]),
  ];
  return { ...rounded(effort, objective.cost !== null), assumes: sentences.join(' ') };
}

/** The effort of the trials of a search. @param mostSteps most steps of a trial */
export function searchEffort(spec: ResolvedSpec, means: Means, mostSteps: number, trials: number): ExactEffort {
  const rungs = samplerOf(spec).effort(trials);
  if (!rungs) return trainedAnew(means, mostSteps, trials);
  const objective = objectiveFor(spec.objective);
  const continues = objective.evaluatedBy === 'client' || objective.fidelity(spec.searchSpace)?.continues === true;
  return trainedAtRungs(means, trials, rungs, continues);
}

const unknownTrials =
  'Nothing limits the number of trials of this study, so it cannot be known, nor can the steps, core-seconds and disk that depend on it.';

function otherEnds({ budget }: ResolvedSpec): string[] {
  const { wallClockSeconds, targetValue } = budget;
  return [
    ...(wallClockSeconds === undefined
      ? []
      : [`The wall-clock budget ends the study after ${counted(wallClockSeconds, 'second')} of active time at the latest.`]),
    ...(targetValue === undefined ? [] : [`A trial that reaches the target value ${targetValue} ends the study earlier.`]),
  ];
}
