import { z } from 'zod';
import { type ResolvedSpec, resolvedMetricSchema } from '../definition/definition.ts';
import { plannedTrials } from './planned-trials.ts';

/** The few values that lists show of a definition. They are stored beside it, so that a list reads no definition. What a newer version stored in another form is left out. */
export const definitionSummarySchema = z.object({
  sampler: z.string().nullable().catch(null),
  metrics: z.array(z.object(resolvedMetricSchema.shape)).catch([]),
  /** Largest number of its trials; null if only time or a target value ends it. */
  planned: z.int().nullable().catch(null),
});
export type DefinitionSummary = z.output<typeof definitionSummarySchema>;

/** Returns the values that lists show of a definition. */
export function summaryOf(spec: ResolvedSpec): DefinitionSummary {
  return { sampler: spec.sampler.type, metrics: spec.metrics, planned: plannedTrials(spec) };
}
