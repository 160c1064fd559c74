import { samplers } from '../samplers/table.ts';
import type { ReportRepresentation } from './report.ts';

/** True for the sampler of a population that trains together: its generations and rungs are called rounds. A sampler of a newer release is none. */
export function hasRounds(type: string): boolean {
  return Object.values<{ readonly name: string; readonly changesValues?: true }>(samplers).some(
    ({ name, changesValues }) => name === type && changesValues,
  );
}

/** The words for the rungs of a report. */
export interface RungWords {
  readonly one: 'rung' | 'round';
  /** Heading of their table. */
  readonly heading: string;
  /** The end of a sentence that begins with `each trial that goes on is`. */
  readonly goingOn: string;
  /** False: no steps are saved, because the member of a trial that does not go on copies another one. */
  readonly savesSteps: boolean;
}

/** The words for the rungs of a report, or for the rounds of its population. */
export function rungWords({ methods }: Pick<ReportRepresentation, 'methods'>): RungWords {
  return methods.some(({ sampler }) => hasRounds(sampler.type)) ? roundWords : ordinaryWords;
}

const ordinaryWords: RungWords = {
  one: 'rung',
  heading: 'Trials at each rung',
  goingOn: 'continued by a trial of the next rung',
  savesSteps: true,
};

const roundWords: RungWords = {
  one: 'round',
  heading: 'Trials of each round',
  goingOn: 'continued in the next round, by its own member and by those that copy it',
  savesSteps: false,
};
