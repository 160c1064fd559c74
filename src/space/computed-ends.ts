import type { Violation } from '../shared/errors.ts';
import { inFewDigits } from './decimal.ts';
import { lattice } from './lattice.ts';
import type { SearchSpace } from './schema.ts';

/**
 * Finds upper bounds that a program computed a little too low, such as 3 · 0.3 = 0.8999999999999999, so that the last value
 * of the step (0.9) is lost. Stored definitions keep what they have; only a client that writes a new one is asked.
 */
export function computedEndViolations(space: SearchSpace): Violation[] {
  return space.flatMap((parameter, index) => {
    if (parameter.type !== 'float' || parameter.step === undefined) return [];
    const { low, high, step } = parameter;
    const meant = inFewDigits(high);
    const points = lattice({ low, high, step });
    const last = points.valueAt(points.size - 1);
    if (meant <= high || (sizeOf({ low, high: meant, step }) ?? 0) <= points.size) return [];
    const detail = `leaves out the last step by a rounding error: write ${meant} in place of ${high}, or ${last} to end there`;
    return [{ pointer: `/searchSpace/${index}/high`, detail }];
  });
}

/** Counts the values of a lattice; undefined where there is none with such an end. */
function sizeOf(range: { low: number; high: number; step: number }): number | undefined {
  try {
    return lattice(range).size;
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}
