import { z } from 'zod';
import { constraintsSchema } from '../../studies/definition/constraints.ts';
import { metricSchema } from '../../studies/definition/definition.ts';
import { type MeasuredSpec, rankingSchema } from '../../studies/definition/ranking.ts';
import { Prisma } from '../generated/client.ts';

/** The metric that ranks a study's trials, in a definition of any form; `study` is the row of the statement around it. */
export const rankingMetric = Prisma.sql`COALESCE(study.spec -> 'metrics' -> 0, study.spec -> 'metric')`;

/** The parts of a definition of any form that rank its trials. */
export const rankingRule = Prisma.sql`jsonb_strip_nulls(jsonb_build_object(
  'metrics', COALESCE(study.spec -> 'metrics', jsonb_build_array(study.spec -> 'metric')),
  'ranking', study.spec -> 'ranking', 'constraints', study.spec -> 'constraints'))`;

/** Reads `rankingRule`. */
export const rankedSpecSchema: z.ZodType<MeasuredSpec> = z.object({
  metrics: z.array(metricSchema.required()),
  ranking: rankingSchema.optional(),
  constraints: constraintsSchema.optional(),
});
