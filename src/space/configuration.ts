import type { Parameter, ParameterValue, SearchSpace } from './schema.ts';

/** A value for every parameter that exists under it, by name. */
export type Configuration = Readonly<Record<string, ParameterValue>>;

/** Whether a parameter exists, given the values of the parameters before it. */
export function isActive(parameter: Parameter, earlier: Configuration): boolean {
  if (!parameter.when) return true;
  const parent = earlier[parameter.when.parameter];
  return parent !== undefined && parameter.when.values.includes(parent);
}

/**
 * Builds a configuration in the order of the space, leaving out the parameters whose condition does not hold.
 *
 * @param choose the value of an active parameter; `index` is its place in the space
 */
export function configurationFrom(space: SearchSpace, choose: (parameter: Parameter, index: number) => ParameterValue): Configuration {
  const values: Record<string, ParameterValue> = {};
  for (const [index, parameter] of space.entries()) {
    if (isActive(parameter, values)) values[parameter.name] = choose(parameter, index);
  }
  return values;
}
