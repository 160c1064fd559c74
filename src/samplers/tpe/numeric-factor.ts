import type { UnitShare } from '../../space/unit-cube.ts';
import type { KernelFactor, Kernels } from './kernel-factor.ts';
import { drawWithinUnit, narrowHalfWidth } from './normal-kernel.ts';
import { massAdder } from './step-masses.ts';

/**
 * Normal kernels truncated to the unit interval, each separately; widths are above 0 and at most 1.
 *
 * A point that represents an interval gets the probability of that interval, not the density at its middle: on coarse steps the two
 * differ by much, and a step near an end or in a tail would be over- or undervalued.
 */
export function numericFactor(kernels: Kernels): KernelFactor {
  const { column, slots, widths, least } = kernels;
  const densities = onFirstUse(() => densityAdders(kernels));
  const masses = onFirstUse(() => massAdder(kernels));
  return {
    logAcceptance: () =>
      widths.map((width, kernel) => {
        const slot = slots[kernel] as number;
        column.prepare(slot, width);
        return column.acceptances[slot] as number;
      }),
    addLogDensity: (point, sums, from) => {
      if (point.high > point.low) masses()(point, sums, from);
      else densities().exact(point, sums, from);
    },
    addRoughly: (point, sums, from) => {
      if (point.high === point.low) densities().exact(point, sums, from);
      else if ((point.high - point.low) / 2 / least > narrowHalfWidth) masses()(point, sums, from);
      else densities().roughMass(point, sums, from);
    },
    draw: (kernel, stream) => drawWithinUnit(stream, column.centres[slots[kernel] as number] as number, widths[kernel] as number),
  };
}

function onFirstUse<T>(make: () => T): () => T {
  let made: T | null = null;
  return () => {
    made ??= make();
    return made;
  };
}

type Adder = KernelFactor['addLogDensity'];

/** Adds densities, and, roughly, the masses of intervals that are narrow for all kernels: the first terms of `logNarrowMass`. */
function densityAdders(kernels: Kernels): { readonly exact: Adder; readonly roughMass: Adder } {
  const { centres, inverses, peaks } = prepared(kernels);
  return {
    exact: ({ coordinate }: UnitShare, sums, from) => {
      for (let index = 0; index < sums.length; index += 1) {
        const kernel = from + index;
        const z = (coordinate - (centres[kernel] as number)) * (inverses[kernel] as number);
        sums[index] = (sums[index] as number) - 0.5 * z * z + (peaks[kernel] as number);
      }
    },
    roughMass: ({ low, high }: UnitShare, sums, from) => {
      const [middle, half, logWidth] = [(low + high) / 2, (high - low) / 2, Math.log(high - low)];
      for (let index = 0; index < sums.length; index += 1) {
        const kernel = from + index;
        const inverse = inverses[kernel] as number;
        const z = (middle - (centres[kernel] as number)) * inverse;
        const sixth = (half * half * inverse * inverse) / 6;
        sums[index] = (sums[index] as number) + (peaks[kernel] as number) + logWidth - sixth - (0.5 - sixth) * z * z;
      }
    },
  };
}

function prepared({ column, slots, widths, least }: Kernels): Readonly<Record<'centres' | 'inverses' | 'peaks', Float64Array>> {
  const inverse = 1 / least;
  const centres = new Float64Array(widths.length);
  const inverses = new Float64Array(widths.length);
  const peaks = new Float64Array(widths.length);
  for (let kernel = 0; kernel < widths.length; kernel += 1) {
    const slot = slots[kernel] as number;
    const width = widths[kernel] as number;
    column.prepare(slot, width);
    centres[kernel] = column.centres[slot] as number;
    inverses[kernel] = width === least ? inverse : 1 / width;
    peaks[kernel] = column.peaks[slot] as number;
  }
  return { centres, inverses, peaks };
}
