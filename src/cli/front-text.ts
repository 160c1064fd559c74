import type { ParetoFrontRepresentation } from '../api/front.ts';
import type { StudyRepresentation } from '../api/study.ts';
import { counted } from '../shared/counted.ts';
import { leaderboardText } from './leaderboard-text.ts';

/** Formats a Pareto front: its size and hypervolume, then its trials as a leaderboard. */
export function frontText(spec: StudyRepresentation['spec'], front: ParetoFrontRepresentation, width?: number): string {
  const { size, items, hypervolume, reference } = front;
  const left = size > items.length ? `, of which ${items.length} that are spread over it are shown` : '';
  const point = reference?.map(({ name, value }) => `${name} ${value}`).join(', ');
  return [
    `${counted(size, 'trial')} on the front${left}`,
    ...(hypervolume === null ? [] : [`hypervolume ${hypervolume.toPrecision(6)} from the reference point ${point}`]),
    ...(items.length === 0 ? [] : ['', leaderboardText(spec, items, width)]),
  ].join('\n');
}
