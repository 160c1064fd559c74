import { z } from 'zod';
import { resolvedMetricSchema } from '../studies/definition/definition.ts';
import { forkOriginSchema } from '../studies/model/fork-origin.ts';
import { studyStateSchema } from '../studies/model/states.ts';
import { moment } from './page.ts';
import { costSchema } from './report-cost.ts';
import { samplerTypeSchema } from './study.ts';
import { listedBestSchema } from './study-list.ts';

/** Studies that one comparison may have. More lines cannot be told apart. */
export const comparedAtLeast = 2;
export const comparedAtMost = 10;

const count = z.int().min(0);

const pointSchema = z
  .strictObject({
    trialsCharged: count.describe('Number of charged trials up to and with this one.'),
    stepsDone: count.describe('Steps of the results of these trials, evaluated or reused; imported results have none.'),
    value: z.number().describe('The best value from here on.'),
    trial: count.describe('Number of the trial that has it.'),
  })
  .meta({ id: 'ComparedImprovement', description: 'A trial that was better than all before it.' });

const comparedStudySchema = z
  .strictObject({
    id: z.uuid().describe('Id of the study.'),
    name: z.string().describe('Name of the study.'),
    state: studyStateSchema,
    sampler: samplerTypeSchema,
    method: z.string().describe('The search method in words.'),
    forkedFrom: forkOriginSchema.nullable().describe('null for a study that is no fork.'),
    rank: z.int().min(1).nullable().describe('Place by the best value, from 1; equal values share a place. null without a best trial.'),
    best: listedBestSchema.nullable().describe('The best completed trial so far; null if there is none.'),
    cost: costSchema,
    bestSoFar: z.array(pointSchema).describe('The trials that were better than all before them, in order.'),
    createdAt: moment('Time at which it was created.'),
    endedAt: moment('Time at which it ended; null before that.').nullable(),
  })
  .meta({ id: 'ComparedStudy', description: 'A study in a comparison.' });

const differentValueSchema = z
  .strictObject({
    study: z.uuid().describe('Id of the study.'),
    value: z
      .union([z.number(), z.string(), z.boolean()])
      .nullable()
      .describe('The value there; null if that definition does not have the key. A short list is given as text, a long one by its digest.'),
  })
  .meta({ id: 'DifferentValue', description: 'The value of a key in the definition of one study.' });

const differenceSchema = z
  .strictObject({
    key: z
      .string()
      .describe('The names on the way to the value, joined by points; a parameter is under its name: `searchSpace.learningRate.low`.'),
    values: z.array(differentValueSchema).describe('One for each study, in the order of `studies`.'),
  })
  .meta({ id: 'DefinitionDifference', description: 'A key whose value is not the same in all definitions.' });

/** A comparison of studies. */
export const comparisonSchema = z
  .strictObject({
    metrics: z.array(resolvedMetricSchema).describe('The metrics that all of the studies optimise.'),
    label: z.string().describe('Label of the first metric for headings.'),
    remark: z
      .string()
      .nullable()
      .describe(
        'A caution for the reader: only the client knows the task of studies whose trials workers evaluate; null if there is none.',
      ),
    studies: z.array(comparedStudySchema).describe('In the order of the request.'),
    differences: z
      .array(differenceSchema)
      .describe('The keys in which the definitions differ, names of studies left out: at most 200, in the order of the definitions.'),
    differencesLeftOut: count.describe('Number of further keys that differ.'),
  })
  .meta({ id: 'Comparison', description: 'Studies that optimise the same metric of the same task, side by side.' });

export type ComparisonRepresentation = z.output<typeof comparisonSchema>;
export type ComparedStudyRepresentation = z.output<typeof comparedStudySchema>;
