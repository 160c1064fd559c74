import { objectiveFor } from '../../objectives/table.ts';
import type { ResolvedSpec } from '../definition/definition.ts';
import { plannedTrials } from '../search/planned-trials.ts';
import { assumptionsText } from './assumptions.ts';
import { type Effort, rounded } from './effort.ts';
import { sampledMeans, trainedAnew } from './means.ts';
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
  const mostSteps = objective.fidelity(spec.searchSpace)?.most;
  const means = await sampledMeans(spec.objective, spreadOver(spec.searchSpace));
  const effort = trials === null ? null : trainedAnew(means, mostSteps ?? Math.max(...means.steps), trials);
  const sentences = [
    ...(trials === null ? [unknownTrials] : []),
    ...otherEnds(spec),
    ...(trials === null ? [] : [assumptionsText(objective, 'the study reuses')]),
  ];
  return { ...rounded(effort, objective.cost !== null), assumes: sentences.join(' ') };
}

const unknownTrials =
  'Only the wall-clock budget limits this study: the number of its trials cannot be known, nor the steps, core-seconds and disk that depend on it.';

function otherEnds({ budget }: ResolvedSpec): string[] {
  const { wallClockSeconds, targetValue } = budget;
  return [
    ...(wallClockSeconds === undefined
      ? []
      : [`The wall-clock budget ends the study after ${wallClockSeconds} seconds of active time at the latest.`]),
    ...(targetValue === undefined ? [] : [`A trial that reaches the target value ${targetValue} ends the study earlier.`]),
  ];
}
