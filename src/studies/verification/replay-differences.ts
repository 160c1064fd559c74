import { type GivenTrial, kindOf, originOf } from '../definition/given-trials.ts';
import { type MeasuredSpec, metricValueOf } from '../definition/ranking.ts';
import type { StudyCheckpoint } from '../model/study.ts';
import type { PlannedTrial } from '../search/plan.ts';
import { type Difference, differing, shown } from './difference.ts';
import type { ReplayCheckpoint, ReplayTrial } from './numbered-buffer.ts';

/** Differences between a stored trial and the suggestion that the search makes. */
export function suggestionDifferences(suggestion: PlannedTrial, stored: ReplayTrial): Difference[] {
  const where = `trials/${suggestion.number}`;
  const detail = 'what the search suggests with the results before it';
  return [
    ...differing(`${where}/parameters`, suggestion.parameters, stored.parameters, detail),
    ...differing(`${where}/origin`, suggestion.origin, stored.origin, detail),
    ...differing(`${where}/generation`, suggestion.generation, stored.generation, detail),
    ...(stored.index === undefined ? [] : differing(`${where}/index`, suggestion.index, stored.index, detail)),
    ...differing(`${where}/seen`, suggestion.seen ?? null, stored.seen, detail),
  ];
}

/** Differences between a stored trial and the one that the definition names. */
export function givenDifferences(given: GivenTrial, stored: ReplayTrial, spec: MeasuredSpec): Difference[] {
  const where = `trials/${stored.number}`;
  const detail = 'what the definition names among its given trials';
  return [
    ...differing(`${where}/parameters`, given.parameters, stored.parameters, detail),
    ...differing(`${where}/origin`, originOf(given), stored.origin, detail),
    ...differing(`${where}/given`, kindOf(given), stored.given, detail),
    ...(given.values ? differing(`${where}/value`, metricValueOf(spec, given.values), stored.value, detail) : []),
  ];
}

/** A trial that the definition names and that is not stored as a given one. */
export function missingGiven(number: number, stored: ReplayTrial | undefined): Difference {
  const detail = 'the definition names it among its given trials';
  return { where: `trials/${number}`, expected: 'a given trial', found: stored ? 'a suggestion' : shown(undefined), detail };
}

/** Differences between a stored study checkpoint and the one that the search writes. States are compared and shown by digest. */
export function checkpointDifferences(written: StudyCheckpoint, stored: ReplayCheckpoint, stateDigest: string): Difference[] {
  const where = `checkpoints/${written.sequence}`;
  const detail = 'what the search writes after the results before it';
  return [
    ...differing(`${where}/state`, written.digest, stateDigest, `digest of the state: ${detail}`),
    ...differing(`${where}/digest`, written.digest, stored.digest, detail),
    ...differing(`${where}/generation`, written.generation, stored.generation, detail),
    ...differing(`${where}/trials`, written.trials, stored.trials, detail),
    ...(stored.population ? differing(`${where}/population`, written.population, stored.population, detail) : []),
  ];
}

/** A study checkpoint that the search writes and that is not stored. */
export function missingCheckpoint({ sequence, digest }: StudyCheckpoint): Difference {
  return {
    where: `checkpoints/${sequence}`,
    expected: digest,
    found: shown(undefined),
    detail: 'the search writes it and it is not stored',
  };
}

/** A study checkpoint that is stored and that the search does not write. */
export function surplusCheckpoint({ sequence, digest }: ReplayCheckpoint): Difference {
  return {
    where: `checkpoints/${sequence}`,
    expected: shown(undefined),
    found: digest,
    detail: 'it is stored and the search does not write it',
  };
}

/**
 * A stored trial that the search does not suggest.
 *
 * @param waitsFor the trial whose result the search waits for; null: none, or unknown
 */
export function surplusTrial({ number, parameters }: ReplayTrial, waitsFor: number | null = null): Difference {
  return {
    where: `trials/${number}`,
    expected: shown(undefined),
    found: shown(parameters),
    detail: `it is stored and the search does not suggest it${waitsFor === null ? '' : `: it waits for the result of trial ${waitsFor}`}`,
  };
}
