import { type ObjectiveOptions, objectiveFor } from '../objectives/table.ts';
import type { Violation } from '../shared/errors.ts';
import type { SearchSpace } from '../space/schema.ts';
import { mostCrossedPoints } from './final-grid.ts';
import { isReservedName } from './part-names.ts';

/** Points that a grid may have (see the grid sampler). */
const mostGridPoints = 10_000_000;

/** Names of the studies of a campaign, by index; undefined where one is invalid. */
type StudyNames = readonly (string | undefined)[];

/** A final. A value is undefined where it is invalid, and then nothing is found that follows from it. */
export interface FinalParts {
  readonly finalists: readonly { readonly study: string | undefined; readonly top: number | undefined }[];
  readonly cross: boolean | undefined;
  readonly grid: { readonly trials?: number | undefined };
}

/** The searches whose best trials a final takes. */
export interface FinalBasis {
  readonly names: StudyNames;
  /** Largest numbers of their trials; null where there is none, or where it is not known. */
  readonly planned: readonly (number | null)[];
  /** undefined if it is invalid. */
  readonly searchSpace: SearchSpace | undefined;
}

/** Checks the names of the studies of a campaign. */
export function nameViolations(names: StudyNames): Violation[] {
  return names.flatMap((name, index) => {
    if (name === undefined) return [];
    const pointer = `/studies/${index}/name`;
    if (isReservedName(name)) return [{ pointer, detail: `${name} is reserved for a part after the search: choose another name` }];
    return names.indexOf(name) < index ? [{ pointer, detail: `a study named ${name} is already listed` }] : [];
  });
}

/** Checks a final against the searches of its campaign. */
export function finalViolations(final: FinalParts, basis: FinalBasis): Violation[] {
  return [...final.finalists.flatMap((_, index) => finalistViolations(final, index, basis)), ...gridViolations(final, basis)];
}

function finalistViolations({ finalists }: FinalParts, index: number, { names, planned }: FinalBasis): Violation[] {
  const { study, top } = finalists[index] ?? {};
  if (study === undefined) return [];
  const pointer = `/final/finalists/${index}`;
  const place = names.indexOf(study);
  if (place < 0) {
    if (names.includes(undefined)) return [];
    return [{ pointer: `${pointer}/study`, detail: `there is no study ${study}; there are ${names.join(', ')}` }];
  }
  if (finalists.findIndex((other) => other.study === study) < index)
    return [{ pointer: `${pointer}/study`, detail: `${study} is already listed: use top for more of its best trials` }];
  const most = planned[place] ?? null;
  if (most === null || top === undefined || most >= top) return [];
  return [{ pointer: `${pointer}/top`, detail: `must be at most ${most}, the number of trials of the study, got ${top}` }];
}

function gridViolations({ finalists, cross, grid }: FinalParts, { searchSpace }: FinalBasis): Violation[] {
  const count = finalists.reduce((sum, { top = Number.NaN }) => sum + top, 0);
  if (Number.isNaN(count)) return [];
  if (grid.trials !== undefined && grid.trials < count)
    return [{ pointer: '/final/grid/trials', detail: `must be at least the number of finalists (${count}), got ${grid.trials}` }];
  const points = searchSpace ? mostCrossedPoints(searchSpace, count) : 0;
  if (cross !== true || points <= mostGridPoints) return [];
  const detail = `crossing ${count} finalists can give ${points} points, more than ${mostGridPoints}: name fewer finalists, or set cross to false`;
  return [{ pointer: '/final', detail }];
}

/** Checks sizes of training data: an objective whose data has no size cannot take more of it. */
export function dataSizeViolations(
  objective: ObjectiveOptions,
  sizes: { readonly final: number | string | undefined; readonly evaluation: number | undefined },
): Violation[] {
  if (objectiveFor(objective).withDataSize('all')) return [];
  const detail = `the objective ${objective.type} has no data whose size could vary: omit it`;
  return [
    ...(sizes.final === undefined ? [] : [{ pointer: '/final/trainSize', detail }]),
    ...(sizes.evaluation === undefined ? [] : [{ pointer: '/evaluation/trainSize', detail }]),
  ];
}
