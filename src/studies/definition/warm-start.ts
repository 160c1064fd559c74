import { z } from 'zod';

/** Most studies that one study starts from. */
const mostSources = 10;

const wantedSchema = z
  .strictObject({ study: z.uuid('must be a UUID').describe('Id of the study.') })
  .meta({ id: 'WarmStartFrom', description: 'A study whose results a new one starts with.' });

const takenSchema = z
  .strictObject({
    study: z.uuid('must be a UUID').describe('Id of the study.'),
    name: z.string().max(200).describe('Its name.'),
    digest: z.string().max(64).describe('SHA-256 over the canonical text of the copied trials.'),
    taken: z.int().min(0).describe('Number of its completed trials that were copied.'),
    left: z
      .int()
      .min(0)
      .describe(
        'Number of those that were not: their configuration is not in this search space, they lack a value that is needed here, or their evaluation diverged.',
      ),
  })
  .meta({ id: 'WarmStart', description: 'A study whose results were copied into `givenTrials`. Nothing of it is read again.' });

/** Studies to start from, as a client writes them. One that a definition has from an earlier request is not read again. */
export const warmStartSchema = z
  .array(z.union([wantedSchema, takenSchema]))
  .max(mostSources)
  .describe(
    'Studies with the same metrics and directions. Their completed trials whose configuration is in this search space are copied into `givenTrials`.',
  );

/** The same as a definition stores them. */
export const resolvedWarmStartSchema = z.array(takenSchema).min(1).describe('Studies whose results were copied into `givenTrials`.');

export type WarmStart = z.output<typeof takenSchema>;

/** True for a study whose results were copied already. */
export function isTaken(source: z.output<typeof warmStartSchema>[number]): source is WarmStart {
  return 'digest' in source;
}
