import type { ParameterValue } from '../space/schema.ts';
import { type ChangedTrial, changedNames } from './segments.ts';
import type { StudyRepresentation } from './study.ts';

/** Values of a parameter that are listed one by one. */
const listedAtMost = 4;

/** A value of a parameter, and the last step that was taken with it; null: up to the end. */
interface Segment {
  readonly value: ParameterValue;
  readonly until: number | null;
}

/**
 * Formats how the values of a trial changed on the way, in one line, parameter by parameter: `rate 0.1 to step 40, 0.08 after it`. Of many values
 * only the first and the last ones are named. Empty if none changed.
 */
export function changesText(searchSpace: StudyRepresentation['spec']['searchSpace'], trial: ChangedTrial): string {
  return changedNames(searchSpace, [trial])
    .map((name) => `${name} ${segmentsText(segmentsOf(trial, name))}`)
    .join('; ');
}

/** The different values of a parameter, in order. */
function segmentsOf({ parameters, earlierValues = [] }: ChangedTrial, name: string): Segment[] {
  const all = [
    ...earlierValues.map((earlier) => ({ value: earlier.parameters[name], until: earlier.until })),
    { value: parameters[name], until: null },
  ];
  const known = all.flatMap(({ value, until }): Segment[] => (value === undefined ? [] : [{ value, until }]));
  return known.filter(({ value }, index) => known[index + 1]?.value !== value);
}

function segmentsText(all: readonly Segment[]): string {
  if (all.length <= listedAtMost) return all.map(segmentText).join(', ');
  const [first, others, last] = [all[0], all.slice(1, -1), all.at(-1)];
  const middle = `${others.length} other values to ${others.at(-1)?.until}`;
  return [first && segmentText(first, 0), middle, last && segmentText(last, all.length - 1)].join(', ');
}

/** Only the first part says that its number is a step. */
function segmentText({ value, until }: Segment, index: number): string {
  if (until === null) return `${shortText(value)} after it`;
  return `${shortText(value)} to ${index === 0 ? 'step ' : ''}${until}`;
}

/** Numbers get four significant digits: a line to look at, not to copy. */
function shortText(value: ParameterValue): string {
  return typeof value === 'number' ? String(Number(value.toPrecision(4))) : String(value);
}
