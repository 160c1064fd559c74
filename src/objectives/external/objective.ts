import { z } from 'zod';
import { describedEnum } from '../../shared/described-enum.ts';
import type { Objective } from '../contract.ts';
import { studyExamples } from './examples.ts';

/** Most metrics that workers may report for one study. */
const mostMetrics = 50;

const metricSchema = z
  .strictObject({
    name: z.string().min(1).max(100).describe('Name of the value in reports and results.'),
    direction: describedEnum(
      ['maximize', 'minimize'],
      { maximize: 'a higher value is better.', minimize: 'a lower value is better.' },
      'The better direction.',
    ),
  })
  .meta({ id: 'ExternalMetric', description: 'A value that workers measure.' });

/** The options of a study whose trials are evaluated by the client's own workers. */
export const externalOptionsSchema = z
  .strictObject({
    type: z.literal('external'),
    metrics: z
      .array(metricSchema)
      .min(1)
      .max(mostMetrics)
      .refine((metrics) => new Set(metrics.map(({ name }) => name)).size === metrics.length, { error: 'must name each metric once' })
      .describe('The values that workers report. They may report others too, which are stored and shown.'),
    steps: z
      .int()
      .min(1)
      .max(1_000_000)
      .default(1)
      .describe('Number of steps that workers usually report for a trial; used only to estimate the remaining time.'),
    stallSeconds: z
      .number()
      .min(1)
      .max(31_536_000)
      .optional()
      .describe(
        'Longest time without a report: then the lease of the trial ends, even if heartbeats continue, and another worker gets the trial. Default: no limit.',
      ),
  })
  .meta({
    id: 'External',
    description: 'Trials are evaluated by your own workers, which ask for them over HTTP and report their results.',
  });

type Options = z.output<typeof externalOptionsSchema>;

/** Evaluated by the client's own workers: no runner claims these trials. The engine knows nothing of an evaluation but its metrics. */
export const external = {
  name: 'external',
  version: 1,
  summary: 'Trials are evaluated by your own workers, in any language, which ask for them over HTTP.',
  evaluatedBy: 'client',
  optionsSchema: externalOptionsSchema,
  values: ({ metrics }: Options) =>
    metrics.map(({ name, direction }) => ({
      name,
      label: name,
      direction,
      text: `The value ${name}, as workers report it.`,
      range: { low: null, high: null },
    })),
  check: () => [],
  fidelity: () => null,
  changeable: null,
  job: ({ options, steps, evaluate }) => ({
    payload: steps === undefined ? {} : { steps },
    steps: steps ?? options.steps,
    exclusionKey: null,
    evaluate,
  }),
  failures: {
    'worker-failed': { meaning: 'the worker reported a failure.', retried: 'error', endsStudy: false },
    'worker-refused': { meaning: 'the worker reported a failure that must not be retried.', retried: 'never', endsStudy: false },
  },
  task: () => null,
  describe: ({ metrics }) => `workers of its own that report ${metrics.map(({ name }) => name).join(', ')}`,
  pinned: null,
  withDataSize: null,
  evaluations: () => null,
  cost: null,
  published: () => null,
  definitions: { studyExamples },
} satisfies Objective<typeof externalOptionsSchema>;
