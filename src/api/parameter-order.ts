import type { Configuration } from '../space/configuration.ts';
import type { SearchSpace } from '../space/schema.ts';

/** Returns the parameters in the order of the search space, because the database stores another order. */
export function inOrder(parameters: Configuration, space: SearchSpace): Record<string, Configuration[string]> {
  const known = space.flatMap(({ name }) => {
    const value = parameters[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return Object.fromEntries(known);
}
