import { z } from 'zod';

export const seedSchema = z.int().min(0).describe('Seed of a random generator.');

const forkSeedSchema = z
  .strictObject({
    trials: z.int().min(1).describe('Trials below this number were suggested with the seed.'),
    seed: seedSchema.describe('Seed of the search.'),
  })
  .meta({ id: 'ForkSeed', description: 'The seed that the first trials of a fork were suggested with.' });

/** Seeds that the first trials of a fork were suggested with. */
export const lineageSchema = z
  .array(forkSeedSchema)
  .min(1)
  .refine((forks) => forks.every(({ trials }, index) => trials > (forks[index - 1]?.trials ?? 0)), {
    error: 'each fork must keep more trials than the one before',
  })
  .describe('For a fork: the trials below `trials` were suggested with this seed, in order; the others with `seed`.');

/** Seeds of a search: that of its definition, and those of the studies that it was forked from. */
export interface SearchSeeds {
  readonly seed: number;
  readonly lineage?: z.output<typeof lineageSchema> | undefined;
}

/** The seed that a trial is suggested with: a fork keeps the one that its first trials had. */
export function seedOf({ seed, lineage }: SearchSeeds, number: number): number {
  return lineage?.find(({ trials }) => number < trials)?.seed ?? seed;
}

/** The first trial after `number` whose suggestion may use another seed; infinite if there is none. */
export function sameSeedUntil({ lineage }: Pick<SearchSeeds, 'lineage'>, number: number): number {
  return lineage?.find(({ trials }) => number < trials)?.trials ?? Number.POSITIVE_INFINITY;
}
