import type { Parameter, ParameterValue, SearchSpace } from './schema.ts';

/** Values by parameter name, one for each active parameter. */
export type Configuration = Readonly<Record<string, ParameterValue>>;

/** Tells whether a parameter is active, given the values of the parameters before it. */
export function isActive(parameter: Parameter, earlier: Configuration): boolean {
  if (!parameter.when) return true;
  const parent = earlier[parameter.when.parameter];
  return parent !== undefined && parameter.when.values.includes(parent);
}

/**
 * Builds a configuration in the order of the space. Parameters whose condition does not hold are left out.
 *
 * @param choose returns the value of an active parameter; `index` is its place in the space
 */
export function configurationFrom(space: SearchSpace, choose: (parameter: Parameter, index: number) => ParameterValue): Configuration {
  const values: Record<string, ParameterValue> = {};
  for (const [index, parameter] of space.entries()) {
    if (isActive(parameter, values)) values[parameter.name] = choose(parameter, index);
  }
  return values;
}
