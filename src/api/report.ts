import { z } from 'zod';
import { partKindSchema } from '../campaigns/campaign.ts';
import { objectiveSchema } from '../objectives/table.ts';
import { parameterValueSchema, searchSpaceSchema } from '../space/schema.ts';
import { metricSchema } from '../studies/definition/definition.ts';
import { studyStateSchema } from '../studies/model/states.ts';
import { evaluationDescriptionSchema, evaluationSchema, rangeSchema, rangesSchema } from './evaluation.ts';
import { moment } from './page.ts';

const count = z.int().min(0);
const parametersSchema = z.record(z.string(), parameterValueSchema);

const costSchema = z
  .strictObject({
    trialsCharged: count.describe('Trials that ended and count; a trial that is cancelled is not charged.'),
    trialsCompleted: count.describe('Those of them that brought a result.'),
    trialsFailed: count,
    sources: z
      .strictObject({ trained: count, reused: z.strictObject({ equal: count, longer: count }), imported: count })
      .describe(
        'Where the results came from: trained for the trial, read from an equal training, read from a longer one, or imported with an export.',
      ),
    trainings: count.describe('Trials of any state for which at least one step was trained.'),
    stepsCharged: count.describe('Steps of the results of the charged trials, trained or read.'),
    stepsTrained: count.describe('Steps that were really trained; one that was trained again after a death counts once more.'),
    stepsReused: count.describe(
      'Steps that charged trials read from other trainings: those of their results, less those trained for them.',
    ),
    wallClockSeconds: z
      .number()
      .min(0)
      .nullable()
      .describe(
        'From the start of the first trial to the end of the last one that ended, pauses and down time included; null before that.',
      ),
    coreSeconds: z
      .number()
      .min(0)
      .describe(
        'Sum over the trials that ended of the time from their first claim to their end: a trial holds one core. For a trial that was put back (see interruptedTrials) the wait until it was taken again is in it.',
      ),
    interruptedTrials: count.describe('Trials that were taken more than once.'),
  })
  .meta({ id: 'ReportCost', description: 'What results cost so far.' });

const publishedSchema = z
  .strictObject({
    source: z.string().describe('In two or three words.'),
    parameters: parametersSchema.describe('The best configuration.'),
    headline: z.number().nullable().describe('The headline of the held-out measurement.'),
    seconds: z.number().min(0).nullable().describe('The time that the method took there.'),
    note: z.string().describe('How the figures compare with ours.'),
  })
  .meta({ id: 'PublishedResult', description: 'A published result of the same search.' });

const methodSchema = z
  .strictObject({
    part: z.string().describe('Name of the study in its campaign.'),
    kind: partKindSchema.nullable().describe('null for a study alone.'),
    studyId: z.uuid(),
    sampler: z.string(),
    method: z.string().describe('How it searches, in words.'),
    state: studyStateSchema,
    best: z
      .strictObject({ trial: count, value: z.number(), parameters: parametersSchema })
      .nullable()
      .describe('Its best trial by the metric; null while there is none.'),
    testHeadline: z
      .number()
      .nullable()
      .describe(
        'The headline of that configuration on held-out data, trained with the objective seed of the campaign, as the final trains (the search, where there is none); null until it is measured.',
      ),
    repeatsHeadline: rangeSchema
      .nullable()
      .describe('The same configuration trained again with other objective seeds; null while none is measured.'),
    repeatsMeasured: count.describe('Repeats that `repeatsHeadline` is the mean and the range of.'),
    cost: costSchema,
    published: publishedSchema.nullable().describe('A published result of this method; null where there is none.'),
  })
  .meta({ id: 'ReportMethod', description: 'A row of the table of methods: one way to search.' });

const finalistSchema = z
  .strictObject({
    winner: z.boolean(),
    parameters: parametersSchema,
    foundBy: z.array(z.strictObject({ part: z.string(), trial: count })).describe('Parts and trial numbers that found it, best first.'),
    value: z.number().nullable().describe('The metric.'),
    test: evaluationSchema
      .nullable()
      .describe(
        'Trained with the objective seed of the campaign, as the final trains (the search, where there is none); null until it is measured. Curves are thinned to at most 100 points of their first two axes, to be drawn.',
      ),
    repeats: z
      .array(z.strictObject({ repeat: z.int().min(1), objectiveSeed: z.int().min(0), measured: evaluationSchema.nullable() }))
      .describe('Trained again with other objective seeds.'),
    ranges: rangesSchema.nullable().describe('null while no repeat is measured.'),
  })
  .meta({ id: 'ReportFinalist', description: 'A configuration that is measured on held-out data, which ranks nothing.' });

const bestSoFarSchema = z
  .strictObject({
    part: z.string(),
    trialsCharged: count.describe('Where the line ends.'),
    steps: z.array(z.tuple([count, z.number(), count])).describe('[trials charged, value, number of the trial] of each improvement.'),
  })
  .meta({ id: 'BestSoFar', description: 'The best value of a search against the trials charged.' });

const generationCurveSchema = z
  .strictObject({
    part: z.string(),
    generations: z
      .array(z.tuple([count, z.number().nullable(), z.number().nullable()]))
      .describe('[generation from 0, mean, best] of the closed generations, at most 1000 of them at even distances.'),
  })
  .meta({ id: 'GenerationCurve', description: 'Mean and best value of the population of each generation.' });

const trialTableSchema = z
  .strictObject({
    columns: z
      .array(z.string())
      .describe('What each row holds: `part` (index into parts), `trial` (number), `value`, then the parameters.'),
    parts: z.array(z.string()).describe('Names of the parts, for the first column.'),
    rows: z.array(z.array(parameterValueSchema.nullable())).describe('null: no finite value, or the parameter does not exist there.'),
    completed: count.describe(
      'Completed trials that count. Where there are more than 2000, rows are that many at even distances; the CSV has all.',
    ),
  })
  .meta({ id: 'ReportTrials', description: 'Completed trials as rows, for parallel coordinates.' });

const objectiveUseSchema = z
  .strictObject({ text: z.string().describe('In one phrase.'), options: objectiveSchema })
  .meta({ id: 'ReportObjective', description: 'The objective and its options.' });

const valueSchema = z
  .strictObject({
    name: z.string(),
    label: z.string().describe('For headings.'),
    direction: z.enum(['maximize', 'minimize']).nullable().describe('The natural direction; null for values that are only shown.'),
    text: z.string().describe('The meaning of the value.'),
  })
  .meta({ id: 'ReportValue', description: 'A value that the objective measures at each step.' });

const definitionSchema = z
  .strictObject({
    metric: metricSchema.required(),
    values: z.array(valueSchema).describe('The values that the objective measures at each step; the metric is one of them.'),
    evaluation: evaluationDescriptionSchema.nullable().describe('null where the objective measures nothing on held-out data.'),
    objective: objectiveUseSchema.describe('As the searches use it.'),
    finalObjective: objectiveUseSchema
      .nullable()
      .describe('As the final uses it, where that is different: values of both do not compare. Else null.'),
    searchSpace: searchSpaceSchema,
    seed: z.int(),
    objectiveSeed: z.int(),
    repeats: z.int().nullable().describe('How often each finalist is trained again; null for a study.'),
    repeatObjective: objectiveUseSchema.nullable().describe('As the repeats use it; null for a study.'),
  })
  .meta({ id: 'ReportDefinition', description: 'What was asked for, in short.' });

const leaderSchema = z
  .strictObject({ part: z.string(), trial: count, value: z.number(), parameters: parametersSchema })
  .meta({ id: 'ReportLeader', description: 'A configuration by its value of the metric.' });

/** The report of a campaign or of a study. */
export const reportSchema = z
  .strictObject({
    kind: z.enum(['campaign', 'study']),
    id: z.uuid(),
    name: z.string(),
    state: studyStateSchema,
    outcome: z.strictObject({ reason: z.string(), detail: z.string() }).nullable().describe('null until it ends.'),
    createdAt: moment('When it was created.'),
    endedAt: moment('When it ended.').nullable(),
    definition: definitionSchema,
    methods: z.array(methodSchema).describe('The searches in order, then the final. For a study it alone.'),
    totals: z.strictObject({
      search: costSchema.describe('All rows of the table together: the searches and the final.'),
      evaluation: costSchema.describe('Measuring finalists and winner on held-out data, repeats included.'),
    }),
    finalists: z.array(finalistSchema).describe('The winner first; empty until they are known.'),
    leaders: z
      .array(leaderSchema)
      .describe(
        'The 10 best different configurations, by the metric. Here, in bestSoFar and in trials a final with another objective than the searches (finalObjective) is left out: its values do not compare.',
      ),
    finalLeaders: z.array(leaderSchema).describe('The 10 best of such a final; else empty.'),
    bestSoFar: z.array(bestSoFarSchema),
    generations: z.array(generationCurveSchema).describe('One for each genetic study.'),
    trials: trialTableSchema,
  })
  .meta({
    id: 'Report',
    description: 'How the methods compare, and which hyperparameters are best. Parts without data yet are empty or null.',
  });

export type ReportRepresentation = z.output<typeof reportSchema>;
export type ReportCostRepresentation = z.output<typeof costSchema>;
export type ReportMethodRepresentation = z.output<typeof methodSchema>;
export type ReportFinalistRepresentation = z.output<typeof finalistSchema>;
