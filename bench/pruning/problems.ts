import { testFunctions } from '../../src/objectives/test-function/functions/list.ts';
import type { TestFunction } from '../../src/objectives/test-function/test-function.ts';
import { randomStream } from '../../src/shared/random.ts';
import type { Configuration } from '../../src/space/configuration.ts';
import type { SearchSpace } from '../../src/space/schema.ts';

/** Steps of a trial that is not stopped. */
export const steps = 27;

/** How fast learning curves fall. `equal`: all alike. `any`: each by itself, so that they cross. `slow-good`: the better, the slower. */
export const paces = ['equal', 'any', 'slow-good'] as const;
export type Pace = (typeof paces)[number];

/** A problem whose trials have learning curves; less is better. */
export interface CurveProblem {
  readonly name: string;
  readonly pace: Pace;
  readonly space: SearchSpace;
  /** Steps of a trial that is not stopped. */
  readonly steps: number;
  /** Value of a configuration after its last step, without noise, as a share of a poor one: 0 is the best there is. */
  finalValue(parameters: Configuration): number;
  /** What a trial reports after each step. @param run fixes the noise */
  curve(parameters: Configuration, run: number): number[];
}

/** Functions that the curves end at. */
const names = ['branin', 'six-hump-camel', 'hartmann-3', 'lstm-landscape'];
/** Standard deviation of the noise of a report, as a share of a poor value. */
const noise = 0.01;
/** Configurations whose median is called a poor value. */
const drawn = 200;

/** Every function with every pace. */
export function curveProblems(): CurveProblem[] {
  return testFunctions.filter(({ name }) => names.includes(name)).flatMap((one) => paces.map((pace) => curveProblem(one, pace)));
}

function curveProblem(testFunction: TestFunction, pace: Pace): CurveProblem {
  const { name, space, minimum, value } = testFunction;
  const poor = medianOf(testFunction) - minimum.value;
  const finalValue = (parameters: Configuration): number => (value(parameters) - minimum.value) / poor;
  return {
    name: `${name}, ${pace}`,
    pace,
    space,
    steps,
    finalValue,
    curve: (parameters, run) => {
      const end = finalValue(parameters);
      const halfTime = halfTimeOf(pace, end, randomStream(JSON.stringify([name, parameters]), 'pace').uniform());
      const stream = randomStream(JSON.stringify([name, parameters, run]), 'noise');
      return Array.from({ length: steps }, (_, index) => end + 0.5 ** ((index + 1) / halfTime) + noise * stream.normal());
    },
  };
}

/** Steps in which a curve comes half as close to its end: some from 1 to 8. @param share uniform over 0 to 1 */
function halfTimeOf(pace: Pace, end: number, share: number): number {
  switch (pace) {
    case 'equal':
      return 3;
    case 'any':
      return 8 ** share;
    case 'slow-good':
      return 8 ** Math.max(0, 1 - end) * 1.3 ** (share - 1);
  }
}

function medianOf({ name, space, value }: TestFunction): number {
  const values = Array.from({ length: drawn }, (_, index) => {
    const stream = randomStream(name, 'poor', index);
    return value(
      Object.fromEntries(
        space.map((parameter) => {
          if (parameter.type === 'categorical') return [parameter.name, parameter.choices[stream.integer(parameter.choices.length)] ?? 0];
          const { low, high } = parameter;
          const at = parameter.scale === 'log' ? low * (high / low) ** stream.uniform() : low + (high - low) * stream.uniform();
          return [parameter.name, parameter.type === 'int' ? Math.round(at) : at];
        }),
      ),
    );
  }).sort((one, other) => one - other);
  return values[drawn / 2] ?? Number.NaN;
}
