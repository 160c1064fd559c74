import { z } from 'zod';
import { invariant } from '../../shared/errors.ts';
import { type Configuration, configurationFrom } from '../../space/configuration.ts';
import type { SearchSpace } from '../../space/schema.ts';
import { decodeUnit, encodeUnit, valueAt } from '../../space/unit-cube.ts';

/**
 * A place in the search space: for each parameter its coordinate of the unit interval, or the index of its choice if it is
 * categorical. Parameters whose condition does not hold have a place as well: they move on, unseen.
 */
export const positionSchema = z.array(z.number().min(0));

export type Position = z.output<typeof positionSchema>;

/**
 * The configuration that is evaluated at a position: of a parameter with steps, the value whose share of the unit interval has the
 * coordinate. The position itself stays between the steps.
 *
 * @throws Error if the position is not one of this space
 */
export function configurationAt(space: SearchSpace, position: Position): Configuration {
  return configurationFrom(space, (parameter, index) => {
    const place = position[index];
    invariant(place !== undefined, `no place for ${parameter.name}`);
    return parameter.type === 'categorical' ? valueAt(parameter, place) : decodeUnit(parameter, place);
  });
}

/** Tells whether a position is one of this space: coordinates of the unit interval, and indices of choices. */
export function isPositionIn(space: SearchSpace, position: Position): boolean {
  if (position.length !== space.length) return false;
  return space.every((parameter, index) => {
    const place = position[index] ?? Number.NaN;
    return parameter.type === 'categorical' ? Number.isInteger(place) && place < parameter.choices.length : place <= 1;
  });
}

/** The position of a configuration. @param otherwise the places of parameters that it does not have */
export function positionOf(space: SearchSpace, configuration: Configuration, otherwise: Position): Position {
  return space.map((parameter, index) => {
    const value = configuration[parameter.name];
    if (value === undefined) return otherwise[index] ?? 0;
    return parameter.type === 'categorical' ? parameter.choices.indexOf(value) : encodeUnit(parameter, value);
  });
}
