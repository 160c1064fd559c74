import { digestOf } from '../shared/digest.ts';

/** The seed of the search of a study: a function of the campaign's seed and the study's name alone, independent of the other studies. */
export function studySeedOf(campaignSeed: number, studyName: string): number {
  return seedFrom([campaignSeed, 'study', studyName]);
}

/**
 * The seed of the trainings of a repeat.
 *
 * @param objectiveSeed of the campaign's search
 * @param repeat from 1
 */
export function repeatSeedOf(objectiveSeed: number, repeat: number): number {
  return seedFrom([objectiveSeed, 'repeat', repeat]);
}

/** The first 47 bits of SHA-256 over the canonical text of the parts: a whole number that every JSON reader keeps exact. */
function seedFrom(parts: readonly (number | string)[]): number {
  return Math.floor(Number.parseInt(digestOf(parts).slice(0, 12), 16) / 2);
}
