import { z } from 'zod';
import { type Direction, oriented } from '../samplers/contract.ts';
import type { RankingRule } from '../studies/definition/ranking.ts';
import type { StudyCheckpoint } from '../studies/model/study.ts';
import { pageOf } from './page.ts';

const individualSchema = z
  .strictObject({
    trial: z.int().min(0).describe('Number of the trial that evaluated it.'),
    elite: z.boolean().describe('true if it survives from the generation before, without another evaluation.'),
    value: z.number().nullable().describe('Value of the metric; null if it has none.'),
  })
  .meta({ id: 'Individual', description: 'A member of a population: a configuration that a trial evaluated.' });

const generationSchema = z
  .strictObject({
    number: z.int().min(0).describe('Number of the generation, from 0.'),
    trials: z.int().min(0).describe('Number of trials up to the end of this generation.'),
    best: z
      .strictObject({ trial: z.int().min(0).describe('Number of the trial.'), value: z.number().describe('Value of the metric.') })
      .meta({ id: 'BestIndividual', description: 'The best individual of a population.' })
      .nullable()
      .describe('The best of the individuals that keep all limits; null if none has a value, and with several metrics.'),
    mean: z
      .number()
      .nullable()
      .describe('Mean value of the individuals that have one and keep all limits; null if there is none, and with several metrics.'),
    population: z.array(individualSchema).describe('Elites by rank, then children by trial number.'),
  })
  .meta({ id: 'Generation', description: 'A completed generation.' });

const checkpointSchema = z
  .strictObject({
    number: z.int().min(0).describe('Number of the checkpoint, from 0, which is the state before the first trial.'),
    generation: z.int().min(0).nullable().describe('The generation that it completed.'),
    trials: z.int().min(0).describe('Number of trials observed before it.'),
    digest: z.string().describe('SHA-256 over the canonical text (RFC 8785) of the state.'),
    state: z.unknown().describe("The sampler's state."),
  })
  .meta({ id: 'StudyCheckpoint', description: "A sampler's state after a generation, or after every 20th trial of a sequential search." });

export const generationPageSchema = pageOf('GenerationPage', generationSchema);
export const checkpointPageSchema = pageOf('StudyCheckpointPage', checkpointSchema);

export type GenerationRepresentation = z.output<typeof generationSchema>;
export type CheckpointRepresentation = z.output<typeof checkpointSchema>;

/**
 * Builds the representation of the generation that a study checkpoint completed; null if it completed none.
 *
 * @param beyond numbers of the trials beyond a limit of the study, at least those of the population
 */
export function representGeneration(
  checkpoint: StudyCheckpoint,
  { direction, several }: Pick<RankingRule, 'direction' | 'several'>,
  beyond: ReadonlySet<number>,
): GenerationRepresentation | null {
  if (checkpoint.generation === null) return null;
  const valued = checkpoint.population.flatMap(({ trial, value }) =>
    value === null || several || beyond.has(trial) ? [] : [{ trial, value }],
  );
  const best = valued.reduce<(typeof valued)[number] | null>(
    (found, member) => (found && !isBetter(direction, member, found) ? found : member),
    null,
  );
  const mean = valued.length === 0 ? null : valued.reduce((sum, { value }) => sum + value / valued.length, 0);
  const population = checkpoint.population.map(({ trial, elite, value }) => ({ trial, elite, value }));
  return { number: checkpoint.generation, trials: checkpoint.trials, best, mean, population };
}

/** Builds the representation of a study checkpoint, without its population, which is part of the generation. */
export function representCheckpoint({ sequence, generation, trials, digest, state }: StudyCheckpoint): CheckpointRepresentation {
  return { number: sequence, generation, trials, digest, state };
}

/** Ties go to the lower trial number. */
function isBetter(direction: Direction, one: { trial: number; value: number }, other: { trial: number; value: number }): boolean {
  const [left, right] = [oriented(direction, one.value), oriented(direction, other.value)];
  return left === right ? one.trial < other.trial : left > right;
}
