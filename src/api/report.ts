import { z } from 'zod';
import { partKindSchema } from '../campaigns/campaign.ts';
import { objectiveSchema } from '../objectives/table.ts';
import { describedEnum } from '../shared/described-enum.ts';
import { parameterValueSchema, searchSpaceSchema } from '../space/schema.ts';
import { constraintsSchema } from '../studies/definition/constraints.ts';
import { directionSchema, resolvedMetricSchema } from '../studies/definition/definition.ts';
import { forkOriginSchema } from '../studies/model/fork-origin.ts';
import { studyStateSchema } from '../studies/model/states.ts';
import { evaluationDescriptionSchema, evaluationSchema, rangeSchema, rangesSchema } from './evaluation.ts';
import { moment } from './page.ts';
import { costSchema } from './report-cost.ts';
import { learningCurvesSchema } from './report-curves.ts';
import { reportFrontSchema } from './report-front.ts';
import { bestSchema, leaderSchema } from './report-leaders.ts';
import { membersSchema } from './report-members.ts';
import { rungsSchema } from './report-rungs.ts';
import { stoppedSchema } from './report-stopped.ts';
import { samplerTypeSchema } from './study.ts';
import { testViolationField, violationField } from './trial.ts';
import { discoverySchema } from './winner.ts';

const count = z.int().min(0);
const parametersSchema = z.record(z.string(), parameterValueSchema);

const publishedSchema = z
  .strictObject({
    source: z.string().describe('The source in two or three words.'),
    parameters: parametersSchema.describe('The best configuration.'),
    headline: z.number().nullable().describe('The headline value on held-out data.'),
    seconds: z.number().min(0).nullable().describe('Time that the method took in that source.'),
    note: z.string().describe('Explains how the figures compare with ours.'),
  })
  .meta({ id: 'PublishedResult', description: 'A published result of the same search.' });

const methodSchema = z
  .strictObject({
    part: z.string().describe('Name of the study in its campaign.'),
    kind: partKindSchema.nullable().describe('null for a study alone.'),
    studyId: z.uuid().describe('Id of the study.'),
    sampler: samplerTypeSchema,
    method: z.string().describe('The search method in words.'),
    state: studyStateSchema,
    best: bestSchema.nullable().describe('The best trial by the metric; null if there is none yet.'),
    testHeadline: z
      .number()
      .nullable()
      .describe(
        'The headline value of that configuration on held-out data, evaluated like the final (or like the search if there is no final) with the objective seed of the campaign; null until it is measured.',
      ),
    repeatsHeadline: rangeSchema
      .nullable()
      .describe('The same configuration evaluated again with other objective seeds; null until one is measured.'),
    repeatsMeasured: count.describe('Number of repeats in `repeatsHeadline`.'),
    cost: costSchema,
    published: publishedSchema.nullable().describe('A published result of this method; null if there is none.'),
  })
  .meta({ id: 'ReportMethod', description: 'A row of the table of methods.' });

const repeatSchema = z
  .strictObject({
    repeat: z.int().min(1).describe('From 1.'),
    objectiveSeed: z.int().min(0).describe('Seed of this evaluation.'),
    violation: violationField,
    test: evaluationSchema.nullable().describe('The result on held-out data; null until it is measured.'),
  })
  .meta({ id: 'ReportRepeat', description: 'A configuration evaluated again with another objective seed.' });

const finalistSchema = z
  .strictObject({
    winner: z.boolean().describe('true for the winner of the campaign.'),
    parameters: parametersSchema.describe('The configuration.'),
    foundBy: z.array(discoverySchema).describe('Parts and trial numbers that found the configuration, best first.'),
    value: z.number().nullable().describe('The metric.'),
    violation: violationField,
    test: evaluationSchema
      .nullable()
      .describe(
        'The evaluation like the final (or like the search if there is no final) with the objective seed of the campaign; null until it is measured. Curves are reduced for plotting to at most 100 points of their first two axes.',
      ),
    testViolation: testViolationField,
    repeats: z.array(repeatSchema).describe('Evaluated again with other objective seeds.'),
    ranges: rangesSchema.nullable().describe('null until a repeat is measured.'),
  })
  .meta({ id: 'ReportFinalist', description: 'A configuration that is measured on held-out data, which does not affect any ranking.' });

const improvementSchema = z
  .strictObject({
    trialsCharged: count.describe('Number of charged trials up to and with this one.'),
    value: z.number().describe('The best value from here on.'),
    trial: count.describe('Number of the trial that has it.'),
  })
  .meta({ id: 'Improvement', description: 'A trial that was better than all before it.' });

const bestSoFarSchema = z
  .strictObject({
    part: z.string().describe('Name of the part.'),
    trialsCharged: count.describe('Number of trials at the end of the line.'),
    improvements: z.array(improvementSchema).describe('The trials that were better than all before them, in order.'),
  })
  .meta({ id: 'BestSoFar', description: 'The best value so far against the number of charged trials.' });

const generationPointSchema = z
  .strictObject({
    number: count.describe('Number of the generation, from 0.'),
    mean: z
      .number()
      .nullable()
      .describe(
        'Mean value of the individuals that keep all limits and were not stopped early; null if none is known, and with several metrics.',
      ),
    best: z
      .number()
      .nullable()
      .describe(
        'Best value of the individuals that keep all limits and were not stopped early; null if none is known, and with several metrics.',
      ),
  })
  .meta({ id: 'GenerationPoint', description: 'Mean and best value of the population of a generation.' });

const generationCurveSchema = z
  .strictObject({
    part: z.string().describe('Name of the part.'),
    generations: z.array(generationPointSchema).describe('The completed generations: at most 1000, evenly spaced.'),
  })
  .meta({ id: 'GenerationCurve', description: 'Mean and best value of the population of each generation.' });

const trialTableSchema = z
  .strictObject({
    columns: z
      .array(z.string())
      .describe('Names of the columns: `part` (index into parts), `trial` (number), `value`, then the parameters.'),
    parts: z.array(z.string()).describe('Names of the parts, for the first column.'),
    rows: z
      .array(z.array(parameterValueSchema.nullable()))
      .describe(
        'null if the value is not finite or does not rank (the evaluation diverged and `ranking` is finite-first, or the trial is beyond a limit), or if the parameter is not active in that trial.',
      ),
    completed: count.describe(
      'Number of completed trials. If there are more than 2000, `rows` has 2000 of them, evenly spaced; the CSV has all.',
    ),
  })
  .meta({ id: 'ReportTrials', description: 'Completed trials as rows, for parallel coordinates.' });

const objectiveUseSchema = z
  .strictObject({ text: z.string().describe('Description in one phrase.'), options: objectiveSchema })
  .meta({ id: 'ReportObjective', description: 'The objective and its options.' });

const valueSchema = z
  .strictObject({
    name: z.string().describe('Name of the value.'),
    label: z.string().describe('For headings.'),
    direction: directionSchema.nullable().describe('The natural direction; null for values that are only shown.'),
    text: z.string().describe('The meaning of the value.'),
  })
  .meta({ id: 'ReportValue', description: 'A value that the objective measures at each step.' });

const definitionSchema = z
  .strictObject({
    metric: resolvedMetricSchema.describe('The metric that ranks; of several the first.'),
    values: z.array(valueSchema).describe('The values that the objective measures at each step; the metric is one of them.'),
    evaluation: evaluationDescriptionSchema.nullable().describe('null if the objective has no evaluation on held-out data.'),
    objective: objectiveUseSchema.describe('The objective of the searches.'),
    finalObjective: objectiveUseSchema
      .nullable()
      .describe(
        'The objective of the final if it differs from that of the searches, in which case their values do not compare; otherwise null.',
      ),
    constraints: constraintsSchema.optional(),
    searchSpace: searchSpaceSchema,
    seed: z.int().min(0).describe('Seed of the search or campaign.'),
    objectiveSeed: z.int().min(0).describe('Seed of the evaluations.'),
    repeats: z.int().min(0).nullable().describe('Number of times that each finalist is evaluated again; null for a study.'),
    repeatObjective: objectiveUseSchema.nullable().describe('The objective of the repeats; null for a study.'),
  })
  .meta({ id: 'ReportDefinition', description: 'A summary of the definition.' });

/** The report of a campaign or of a study. */
export const reportSchema = z
  .strictObject({
    kind: describedEnum(['campaign', 'study'], { campaign: 'the report of a campaign.', study: 'the report of a study.' }),
    id: z.uuid().describe('Id of the study or campaign.'),
    name: z.string().describe('Name of the study or campaign.'),
    state: studyStateSchema,
    outcome: z
      .strictObject({
        reason: z.string().describe('As in the study or campaign.'),
        detail: z.string().describe('The reason in words.'),
      })
      .meta({ id: 'ReportOutcome', description: 'The reason for which it ended.' })
      .nullable()
      .describe('null until it ends.'),
    forkedFrom: forkOriginSchema.nullable().describe('null for a study that is no fork, and for campaigns.'),
    createdAt: moment('Time at which it was created.'),
    endedAt: moment('Time at which it ended.').nullable(),
    definition: definitionSchema,
    methods: z.array(methodSchema).describe('The searches in order, then the final. For a study, only the study itself.'),
    totals: z
      .strictObject({
        search: costSchema.describe('The cost of the searches and the final together.'),
        evaluation: costSchema.describe('The cost of measuring finalists and winner on held-out data, repeats included.'),
      })
      .meta({ id: 'ReportTotals', description: 'The cost of all parts.' }),
    finalists: z
      .array(finalistSchema)
      .describe('The winner first; empty until they are known, and if there is none because no trial keeps all limits (see outcome).'),
    leaders: z
      .array(leaderSchema)
      .describe(
        'The 10 best different configurations by the metric; two with other earlier values are different ones. `leaders`, `bestSoFar` and `trials` leave out a final with another objective than the searches (finalObjective), because its values do not compare.',
      ),
    finalLeaders: z.array(leaderSchema).describe('The 10 best configurations of such a final; otherwise empty.'),
    bestSoFar: z.array(bestSoFarSchema).describe('One for each method.'),
    generations: z.array(generationCurveSchema).describe('One for each study whose sampler has generations.'),
    trials: trialTableSchema,
    learningCurves: z
      .array(learningCurvesSchema)
      .describe(
        'One for each method with a trial that measured more than one step. Empty for a study with several metrics; a final with another objective is left out.',
      ),
    rungs: rungsSchema.optional().describe('Only of a study whose sampler has rungs, in order.'),
    members: membersSchema
      .optional()
      .describe(
        'Only of a study whose sampler changes values while trials go on: the members of its population as they ended, or as they are now, that with the best value first; at most 50.',
      ),
    stopped: stoppedSchema.optional().describe('Only of a study with a pruner.'),
    front: reportFrontSchema
      .optional()
      .describe(
        'Only of a study with several metrics. `leaders`, `bestSoFar` and the values of `trials` are then empty: no trial is best.',
      ),
  })
  .meta({
    id: 'Report',
    description: 'A comparison of the methods, and the best hyperparameters. Parts without data yet are empty or null.',
  });

export type ReportRepresentation = z.output<typeof reportSchema>;
export type ReportMethodRepresentation = z.output<typeof methodSchema>;
export type ReportFinalistRepresentation = z.output<typeof finalistSchema>;
