import { z } from 'zod';
import { objectiveSchema } from '../../objectives/table.ts';
import { samplerOptionsSchema } from '../../samplers/table.ts';
import { describedEnum } from '../../shared/described-enum.ts';
import { searchSpaceSchema } from '../../space/schema.ts';
import { budgetSchema, directionSchema, nameSchema, type ResolvedSpec, retriesSchema, timeoutSchema } from './definition.ts';
import { lineageSchema, seedSchema } from './lineage.ts';

const metricV1Schema = z
  .strictObject({
    name: describedEnum(['accuracy', 'aucPr', 'loss'], {
      accuracy: 'share of texts that are classified correctly.',
      aucPr: 'area under the curve of precision and recall.',
      loss: 'mean cross-entropy.',
    }),
    direction: directionSchema,
  })
  .meta({ id: 'MetricV1', description: 'The metric of a study of version 0.1.0.' });

/**
 * The first form of a definition, as version 0.1.0 stored and exported it. It never changes: if a part shared by both forms
 * changes, this one keeps a copy of the old part.
 */
export const definitionV1Schema = z
  .strictObject({
    name: nameSchema,
    searchSpace: searchSpaceSchema,
    metric: metricV1Schema,
    sampler: samplerOptionsSchema,
    budget: budgetSchema.default({}),
    parallelism: z.int().min(1).describe('Limit on open trials.'),
    seed: seedSchema,
    objectiveSeed: seedSchema,
    retries: retriesSchema.prefault({}),
    timeoutSeconds: timeoutSchema.optional(),
    schedule: describedEnum(
      ['strict', 'asap'],
      { strict: 'the name of deterministic; the default.', asap: 'the name of asynchronous.' },
      'The schedule, in the words of version 0.1.0.',
    ).optional(),
    objective: objectiveSchema,
    lineage: lineageSchema.optional(),
    evaluateOnTest: z.literal(true).optional().describe('Each trial is measured on the test split: a part of a campaign.'),
  })
  .meta({ id: 'StudyDefinitionV1', description: 'A study definition as version 0.1.0 exported it.' });
export type DefinitionV1 = z.output<typeof definitionV1Schema>;

const schedules = { strict: 'deterministic', asap: 'asynchronous' } as const;

/** A definition of the first form in the current one. */
export function fromDefinitionV1({ metric, schedule = 'strict', evaluateOnTest, ...shared }: DefinitionV1): ResolvedSpec {
  return { ...shared, metrics: [metric], schedule: schedules[schedule], evaluate: evaluateOnTest === true, labels: {} };
}
