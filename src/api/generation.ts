import { z } from 'zod';
import { type Direction, oriented } from '../samplers/contract.ts';
import { isBeyondLimits } from '../samplers/observation.ts';
import type { ResolvedSpec } from '../studies/definition/definition.ts';
import { rankingRuleOf } from '../studies/definition/ranking.ts';
import type { StudyCheckpoint } from '../studies/model/study.ts';
import type { Trial } from '../studies/model/trial.ts';
import { pageOf } from './page.ts';

const individualSchema = z
  .strictObject({
    trial: z.int().min(0).describe('Number of the trial that evaluated it.'),
    elite: z.boolean().describe('true if it survives from the generation before, without another evaluation.'),
    value: z
      .number()
      .nullable()
      .describe('Value of the metric, of several the first; null if it has none. If the trial was stopped early, that of its last step.'),
    prunedAt: z
      .int()
      .min(1)
      .optional()
      .describe('Step after which it was stopped early, by the pruner or at a rung. Absent: it was not stopped.'),
    values: z
      .record(z.string(), z.number())
      .nullable()
      .optional()
      .describe('All metrics by name; null if not all are known. Only with several metrics.'),
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
      .describe(
        'The best of the individuals that keep all limits and were not stopped early; null if none has a value, and with several metrics.',
      ),
    mean: z
      .number()
      .nullable()
      .describe(
        'Mean value of the individuals that have one, keep all limits and were not stopped early; null if there is none, and with several metrics.',
      ),
    population: z
      .array(individualSchema)
      .describe('In the order of the sampler: elites by rank, then children by trial number; or all by rank.'),
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

/** The metrics and the violations of trials, by which they rank beside their value, by trial number. */
type RankedBeside = ReadonlyMap<number, Pick<Trial, 'metricValues' | 'violation'>>;

/**
 * Builds the representation of the generation that a study checkpoint completed; null if it completed none.
 *
 * @param beside of a study with constraints or several metrics: at least the trials of the population
 */
export function representGeneration(
  checkpoint: StudyCheckpoint,
  spec: Pick<ResolvedSpec, 'metrics' | 'ranking'>,
  beside: RankedBeside,
): GenerationRepresentation | null {
  if (checkpoint.generation === null) return null;
  const { direction, several = false } = rankingRuleOf(spec);
  // The value of a trial that was stopped is that of an earlier step, which does not compare.
  const valued = checkpoint.population.flatMap(({ trial, value, prunedAt }) =>
    value === null || several || prunedAt !== undefined || isBeyondLimits(beside.get(trial) ?? {}) ? [] : [{ trial, value }],
  );
  const best = valued.reduce<(typeof valued)[number] | null>(
    (found, member) => (found && !isBetter(direction, member, found) ? found : member),
    null,
  );
  const mean = valued.length === 0 ? null : valued.reduce((sum, { value }) => sum + value / valued.length, 0);
  const population = checkpoint.population.map(({ trial, elite, value, prunedAt }) => ({
    trial,
    elite,
    value,
    ...(prunedAt !== undefined && { prunedAt }),
    ...(several && { values: namedValues(spec, beside.get(trial)?.metricValues) }),
  }));
  return { number: checkpoint.generation, trials: checkpoint.trials, best, mean, population };
}

function namedValues({ metrics }: Pick<ResolvedSpec, 'metrics'>, values: readonly number[] | undefined): Record<string, number> | null {
  if (!values) return null;
  return Object.fromEntries(values.map((value, index) => [metrics[index]?.name, value]));
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
