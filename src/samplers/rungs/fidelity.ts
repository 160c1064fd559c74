import { z } from 'zod';
import { type CrossViolation, invariant } from '../../shared/errors.ts';
import { type Configuration, configurationFrom } from '../../space/configuration.ts';
import { allNames, rangePointers } from '../../space/pointers.ts';
import { type IntParameter, parameterNameSchema, type SearchSpace } from '../../space/schema.ts';
import type { Problem } from '../contract.ts';

export const fidelitySchema = parameterNameSchema
  .optional()
  .describe(
    'The int parameter that says how many steps a trial may take. Default: that of the objective, such as epochs for text classifiers.',
  );

/** Options that may name the fidelity. */
interface FidelityOptions {
  readonly fidelity?: string | undefined;
}

/** The name of the parameter that says how many steps a trial may take; undefined: neither the options nor the objective names one. */
function fidelityName(problem: Problem, { fidelity }: FidelityOptions): string | undefined {
  return fidelity ?? problem.fidelity;
}

/** The options with that name. */
export function withFidelity<Options extends FidelityOptions>(problem: Problem, options: Options): Options {
  const name = fidelityName(problem, options);
  return name === undefined ? options : { ...options, fidelity: name };
}

/** The parameter that says how many steps a trial may take. `check` guarantees that it exists. */
export function fidelityOf(problem: Problem, options: FidelityOptions): IntParameter {
  const name = fidelityName(problem, options);
  const parameter = problem.space.find((each) => each.name === name);
  invariant(parameter?.type === 'int', 'a search with rungs has an int parameter for the steps of a trial');
  return parameter;
}

/** A search with rungs needs an int parameter for the steps, which exists in each configuration and decides on no other. Pointers are into the options. */
export function fidelityViolations(problem: Problem, options: FidelityOptions): CrossViolation[] {
  const { space } = problem;
  const name = fidelityName(problem, options);
  const at = (detail: string, from: readonly string[]): CrossViolation[] => [{ pointer: '/fidelity', detail, from }];
  const names = space.filter(({ type, when }) => type === 'int' && !when).map((parameter) => parameter.name);
  const candidates = names.length > 0 ? `one of ${names.join(', ')}` : 'add an int parameter to the search space, such as epochs';
  if (name === undefined)
    return at(`must name the int parameter that says how many steps a trial may take: ${candidates}`, ['/objective', allNames]);
  const index = space.findIndex((each) => each.name === name);
  const parameter = space[index];
  if (!parameter) return at(`the search space has no parameter named ${name}: ${candidates}`, [allNames]);
  if (parameter.type !== 'int')
    return at(`must be an int parameter, and ${name} is a ${parameter.type}: ${candidates}`, [`/searchSpace/${index}/type`]);
  const child = space.findIndex(({ when }) => when?.parameter === name);
  if (parameter.when) return at(`${name} must have no condition: each trial has a number of steps`, [`/searchSpace/${index}/when`]);
  if (child >= 0)
    return at(`${space[child]?.name} must not depend on ${name}: a trial that gets more steps keeps all its other values`, [
      `/searchSpace/${child}/when`,
    ]);
  if (parameter.low < 1) return at(`${name} must be at least 1, and its low is ${parameter.low}`, rangePointers(index));
  return [];
}

/** The most steps: the last value of the parameter, which need not be its high. */
export function mostSteps({ low, high, step }: IntParameter): number {
  return low + Math.floor((high - low) / step) * step;
}

/** The value of the parameter next to a number from its first to its last value. */
export function nearestSteps({ low, step }: IntParameter, steps: number): number {
  return low + Math.round((steps - low) / step) * step;
}

/** The space without the parameter for the steps. */
export function spaceWithout(space: SearchSpace, { name }: IntParameter): SearchSpace {
  return space.filter((parameter) => parameter.name !== name);
}

/** A configuration with so many steps, in the order of the space. @param values of all other parameters */
export function withSteps(space: SearchSpace, { name }: IntParameter, values: Configuration, steps: number): Configuration {
  return configurationFrom(space, (parameter) => {
    const value = parameter.name === name ? steps : values[parameter.name];
    invariant(value !== undefined, `a configuration has a value of ${parameter.name}`);
    return value;
  });
}

/** A configuration without its steps. */
export function withoutSteps({ name }: IntParameter, { [name]: _steps, ...others }: Configuration): Configuration {
  return others;
}

/** Made once: it is asked for each trial of a history. */
const stepsSchema = z.int();

/** The steps that a configuration asks for. @throws Error if it has none, as in a modified document */
export function stepsOf({ name }: IntParameter, { [name]: steps }: Configuration): number {
  return stepsSchema.parse(steps);
}
