import { z } from 'zod';
import type { Objective } from '../../src/objectives/contract.ts';
import type { Evaluation } from '../../src/objectives/evaluations.ts';
import type * as TestFunctionModule from '../../src/objectives/test-function/objective.ts';
import { digestOf } from '../../src/shared/digest.ts';
import { everyFeatureDefinitions } from './every-feature-definitions.ts';

/** A measurement on held-out data that the objective with every feature makes. */
const heldOutSchema = z.strictObject({ score: z.number().nullable(), points: z.int().min(0) });
export type HeldOut = z.output<typeof heldOutSchema>;

/** The measurement as it is shown: a number that a single point leaves unknown, a curve and a table are made from the two. */
function present({ score, points }: HeldOut): Evaluation {
  const good = Math.round((score ?? 0) * points);
  const axes = ['share', 'value', 'count'].map((name) => ({ name, low: 0, high: name === 'count' ? points : 1 }));
  return {
    values: { score, points, error: points < 2 ? null : 1 / Math.sqrt(points) },
    curves: [
      {
        name: 'by-share',
        title: 'Value by share',
        axes,
        points: [
          [0.5, 1, points / 2],
          [1, score ?? 0, points],
        ],
        steps: true,
        baseline: null,
      },
    ],
    tables: [
      { name: 'counts', title: 'Counts', corner: 'data', rows: ['held out'], columns: ['good', 'bad'], cells: [[good, points - good]] },
    ],
  };
}

/**
 * Gives the test function the features that an objective may have and that one lacks: trials that differ in their steps alone
 * share them, results are measured on held-out data, the data has a size, there is more than one value, a failure ends a study, and it
 * brings presets along.
 * A test of the engine has `vi.mock` put this in the place of the module.
 */
export function withEveryFeature(original: typeof TestFunctionModule) {
  const { testFunction } = original;
  const optionsSchema = original.testFunctionOptionsSchema.extend({ examples: z.int().min(1).optional() });
  const withoutSize = ({ examples: _, ...options }: z.output<typeof optionsSchema>) => options;
  const objective = {
    ...testFunction,
    optionsSchema,
    values: () => [
      { name: 'value', label: 'value', direction: 'minimize', text: 'Value of the function.', range: { low: null, high: null } },
      { name: 'gain', label: 'gain', direction: 'maximize', text: 'Distance below the largest value.', range: { low: null, high: 1000 } },
      { name: 'spread', label: 'spread', direction: null, text: 'Standard deviation of the noise.', range: { low: 0, high: null } },
    ],
    check: (space, options) => [
      ...testFunction.check(space, withoutSize(options)),
      ...(options.examples !== undefined && options.noise > 0
        ? [{ pointer: '/objective/noise', detail: 'the examples have a noise of their own' }]
        : []),
    ],
    fidelity: (space, options) => ({ ...testFunction.fidelity(space, withoutSize(options)), continues: true }),
    job: ({ options, ...request }) => {
      const job = testFunction.job({ ...request, options: withoutSize(options) });
      const { examples = null } = options;
      const payload = { ...z.record(z.string(), z.json()).parse(job.payload), examples };
      return { ...job, payload, exclusionKey: digestOf(payload) };
    },
    describe: (options) => testFunction.describe(withoutSize(options)),
    withDataSize: (options, size) => (size === 'all' ? withoutSize(options) : { ...options, examples: size }),
    evaluations: () => ({
      data: 'the held-out points',
      schema: heldOutSchema,
      values: [
        { name: 'score', label: 'score', text: 'Mean value of the held-out points.', whole: false },
        { name: 'points', label: 'points', text: 'Held-out points.', whole: true },
        { name: 'error', label: 'error', text: 'Standard error of the score; null if there is one point.', whole: false },
      ],
      headline: 'score',
      present: (stored) => present(heldOutSchema.parse(stored)),
    }),
    definitions: { ...testFunction.definitions, ...everyFeatureDefinitions },
    failures: { ...testFunction.failures, 'data-unavailable': { meaning: 'the data cannot be read.', retried: 'always', endsStudy: true } },
  } satisfies Objective<typeof optionsSchema>;
  return { ...original, testFunctionOptionsSchema: optionsSchema, testFunction: objective };
}
