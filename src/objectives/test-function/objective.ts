import { z } from 'zod';
import { describedEnum } from '../../shared/described-enum.ts';
import { canonicalText } from '../../shared/digest.ts';
import type { CrossViolation } from '../../shared/errors.ts';
import type { Configuration } from '../../space/configuration.ts';
import { earlierValuesSchema, realChanges } from '../../space/earlier-values.ts';
import { allNames } from '../../space/pointers.ts';
import { type Parameter, parameterValueSchema, type SearchSpace } from '../../space/schema.ts';
import type { Fidelity, Job, JobRequest, Objective, Values } from '../contract.ts';
import { sphere } from './functions/few-dimensions.ts';
import { testFunctions } from './functions/list.ts';
import { twoSlopes } from './functions/two-slopes.ts';
import { disturbance, fails } from './noise.ts';
import type { TestFunction } from './test-function.ts';

const functions = [sphere, ...testFunctions, twoSlopes];
/** Name of the parameter that sets the number of steps of an evaluation, if it is searched. */
const stepsParameter = 'steps';
const mostSteps = 1000;
const byName = new Map(functions.map((testFunction) => [testFunction.name, testFunction]));

/** A known function that is evaluated by the runner itself: for demonstrations, benches, and tests of the service. */
export const testFunctionOptionsSchema = z
  .strictObject({
    type: z.literal('test-function'),
    function: describedEnum(
      functions.map(({ name }) => name),
      Object.fromEntries(functions.map(({ name, space }) => [name, `over ${space.map((parameter) => parameter.name).join(', ')}.`])),
      'Name of the function; the search space must have its parameters.',
    ),
    noise: z.number().min(0).max(1e6).default(0).describe('Standard deviation of the normal noise on every measured value.'),
    failures: z.number().min(0).max(1).default(0).describe('Share of configurations whose evaluation fails.'),
    steps: z
      .int()
      .min(1)
      .max(mostSteps)
      .default(1)
      .describe(
        'Number of steps of an evaluation; each brings the value closer to that of the function. An int parameter named steps may be searched instead.',
      ),
    stepMs: z.int().min(0).max(600_000).default(0).describe('Duration of a step in milliseconds.'),
  })
  .meta({ id: 'TestFunction', description: 'A known function with noise, failures and a duration, evaluated by the runner itself.' });

type Options = z.output<typeof testFunctionOptionsSchema>;

/** The payload of a job: everything that shapes its values but the number of its steps. */
export const testFunctionPayloadSchema = testFunctionOptionsSchema.omit({ type: true, steps: true }).extend({
  parameters: z.record(z.string(), parameterValueSchema),
  /** Absent: all steps have the same parameters. */
  earlierValues: earlierValuesSchema.optional(),
  seed: z.int().min(0),
});
type Payload = z.output<typeof testFunctionPayloadSchema>;

/** The value of a payload's function without noise. Parameters that are not searched are those of its minimum. */
export function trueValue({ function: name, parameters }: Pick<Payload, 'function' | 'parameters'>): number {
  const { value, minimum } = functionNamed(name);
  return value({ ...minimum.at, ...parameters });
}

/**
 * The values of one step. An evaluation approaches the value of the function from above: half of the distance is left after each
 * step, and none after the last. A function whose steps have a memory has the value that these lead to.
 *
 * @param step from 1 to `steps`
 */
export function valuesAt(payload: Payload, step: number, steps: number): Values {
  return { value: valueAfter(payload, step, steps) + payload.noise * disturbance(payload, step) };
}

function valueAfter(payload: Payload, step: number, steps: number): number {
  const { afterSteps } = functionNamed(payload.function);
  if (afterSteps) return afterSteps(Array.from({ length: step }, (_, index) => parametersAt(payload, index + 1)));
  const value = trueValue(payload);
  return value + (step === steps ? 0 : (1 + Math.abs(value)) * 0.5 ** step);
}

/** The parameters of one step. */
function parametersAt({ function: name, parameters, earlierValues = [] }: Payload, step: number): Configuration {
  const earlier = earlierValues.find(({ until }) => step <= until);
  return { ...functionNamed(name).minimum.at, ...parameters, ...earlier?.parameters };
}

/** True if the evaluation of a payload fails: a function of its seed and parameters, so that every attempt fails. */
export function isFailing(payload: Payload): boolean {
  return fails(payload, payload.failures);
}

function functionNamed(name: string): TestFunction {
  const found = byName.get(name);
  if (!found) throw new RangeError(`there is no test function ${name}`);
  return found;
}

function check(space: SearchSpace, { function: name }: Options): CrossViolation[] {
  const { space: own, minimum } = functionNamed(name);
  const missing = own.filter(
    (parameter) => minimum.at[parameter.name] === undefined && !space.some((searched) => searched.name === parameter.name),
  );
  const needed = missing.map((parameter) => ({
    pointer: '/searchSpace',
    detail: `${name} needs the parameter ${parameter.name}, which the space lacks`,
    from: [allNames],
  }));
  const wrong = space.flatMap((parameter, index) =>
    parameter.name === stepsParameter
      ? stepsViolations(parameter, `/searchSpace/${index}`)
      : parameterViolations(name, own, parameter, `/searchSpace/${index}`),
  );
  return [...needed, ...wrong];
}

function stepsViolations(parameter: Parameter, pointer: string): CrossViolation[] {
  if (parameter.type !== 'int') return [{ pointer: `${pointer}/type`, detail: 'steps takes whole numbers; make it an int parameter' }];
  return [
    ...(parameter.low < 1 ? [{ pointer: `${pointer}/low`, detail: `must be at least 1, got ${parameter.low}` }] : []),
    ...(parameter.high > mostSteps ? [{ pointer: `${pointer}/high`, detail: `must be at most ${mostSteps}, got ${parameter.high}` }] : []),
  ];
}

function parameterViolations(name: string, own: SearchSpace, parameter: Parameter, pointer: string): CrossViolation[] {
  const known = own.find((candidate) => candidate.name === parameter.name);
  if (!known) {
    const names = own.map((candidate) => candidate.name).join(', ');
    return [{ pointer: `${pointer}/name`, detail: `${name} has no parameter named ${parameter.name}; it has ${names}` }];
  }
  if (canonicalText(known.when ?? null) !== canonicalText(parameter.when ?? null))
    return [
      {
        pointer: `${pointer}/when`,
        detail: `must be the condition under which ${name} has ${parameter.name}: ${known.when ? JSON.stringify(known.when) : 'none'}`,
      },
    ];
  if (known.type === 'categorical') return choiceViolations(known.choices, parameter, pointer);
  const [low, high] = [known.low, known.high];
  if (parameter.type === 'categorical')
    return parameter.choices.flatMap((choice, index) =>
      typeof choice === 'number' && choice >= low && choice <= high
        ? []
        : [{ pointer: `${pointer}/choices/${index}`, detail: `must be a number from ${low} to ${high}, got ${JSON.stringify(choice)}` }],
    );
  return [
    ...(parameter.low < low ? [{ pointer: `${pointer}/low`, detail: `must be at least ${low}, got ${parameter.low}` }] : []),
    ...(parameter.high > high ? [{ pointer: `${pointer}/high`, detail: `must be at most ${high}, got ${parameter.high}` }] : []),
  ];
}

function choiceViolations(allowed: readonly Configuration[string][], parameter: Parameter, pointer: string): CrossViolation[] {
  if (parameter.type !== 'categorical')
    return [{ pointer: `${pointer}/type`, detail: `${parameter.name} takes names; make it a categorical parameter` }];
  return parameter.choices.flatMap((choice, index) =>
    allowed.includes(choice)
      ? []
      : [{ pointer: `${pointer}/choices/${index}`, detail: `must be one of ${allowed.join(', ')}, got ${JSON.stringify(choice)}` }],
  );
}

function jobOf({ options, seed, parameters, evaluate, earlierValues = [] }: JobRequest<Options>): Job {
  const { type: _type, steps: fixed, ...shape } = options;
  const { [stepsParameter]: searched, ...coordinates } = parameters;
  const changes = realChanges(earlierValues, parameters);
  const steps = searched === undefined ? fixed : z.int().min(1).parse(searched);
  return {
    payload: { ...shape, parameters: coordinates, ...(changes.length > 0 && { earlierValues: changes }), seed },
    steps,
    exclusionKey: null,
    evaluate,
  };
}

function fidelity(space: SearchSpace, { steps }: Options): Fidelity {
  const searched = space.find(({ name }) => name === stepsParameter);
  return {
    parameter: stepsParameter,
    most: searched?.type === 'int' ? Math.max(searched.high, searched.when ? steps : 0) : steps,
    continues: false,
  };
}

/** Known functions, evaluated in the runner's own process. An interrupted evaluation starts again. */
export const testFunction = {
  name: 'test-function',
  version: 1,
  summary: 'Evaluates a known function, optionally with noise, failures and a duration, for demonstrations and tests of the service.',
  evaluatedBy: 'runner',
  optionsSchema: testFunctionOptionsSchema,
  values: () => [
    {
      name: 'value',
      label: 'value',
      direction: 'minimize',
      text: 'Value of the function, noise included.',
      range: { low: null, high: null },
    },
  ],
  check,
  fidelity,
  changeable: null,
  job: jobOf,
  failures: { 'evaluation-failed': { meaning: 'the function failed, as its options demand.', retried: 'error', endsStudy: false } },
  task: ({ function: name, noise }) => ({ function: name, noise }),
  describe: ({ function: name, noise }) => `the function ${name}${noise > 0 ? ` with noise of standard deviation ${noise}` : ''}`,
  pinned: null,
  withDataSize: null,
  evaluations: () => null,
  cost: null,
  published: () => null,
  definitions: {
    studyExamples: [
      {
        name: 'known function',
        summary: 'A demonstration without any training: Branin, known to the service, with noise and a tenth of a second for each trial',
        definition: {
          name: 'branin',
          searchSpace: [
            { type: 'float', name: 'x1', low: -5, high: 10 },
            { type: 'float', name: 'x2', low: 0, high: 15 },
          ],
          metrics: [{ name: 'value' }],
          sampler: { type: 'tpe' },
          budget: { trials: 40 },
          objective: { type: 'test-function', function: 'branin', noise: 0.1, stepMs: 100 },
        },
      },
    ],
  },
} satisfies Objective<typeof testFunctionOptionsSchema>;
