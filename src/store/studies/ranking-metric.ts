import type { z } from 'zod';
import { metricSchema } from '../../studies/definition/definition.ts';
import { rankingSchema } from '../../studies/model/ranking.ts';
import { Prisma } from '../generated/client.ts';

/** The metric that ranks a study's trials, in a definition of any form; `study` is the row of the statement around it. */
export const rankingMetric = Prisma.sql`COALESCE(study.spec -> 'metrics' -> 0, study.spec -> 'metric')`;

/** The same with the rule by which results rank. */
export const rankingRule = Prisma.sql`${rankingMetric} || jsonb_strip_nulls(jsonb_build_object('ranking', study.spec -> 'ranking'))`;

/** Reads `rankingRule`. */
export const rankedMetricSchema = metricSchema.required().extend({ ranking: rankingSchema.optional() });
export type RankedMetric = z.output<typeof rankedMetricSchema>;
