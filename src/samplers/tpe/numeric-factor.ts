import type { UnitShare } from '../../space/unit-cube.ts';
import type { KernelFactor, Kernels } from './kernel-factor.ts';
import { drawWithinUnit } from './normal.ts';
import { massAdder } from './step-masses.ts';

/**
 * Normal kernels truncated to the unit interval, each separately; widths are above 0 and at most 1.
 *
 * A point that represents an interval gets the probability of that interval, not the density at its middle: on coarse steps the two
 * differ by much, and a step near an end or in a tail would be over- or undervalued.
 */
export function numericFactor(kernels: Kernels): KernelFactor {
  const { column, slots, widths } = kernels;
  let addDensities: Adder | null = null;
  let addMasses: Adder | null = null;
  return {
    logAcceptance: () =>
      widths.map((width, kernel) => {
        const slot = slots[kernel] as number;
        column.prepare(slot, width);
        return column.acceptances[slot] as number;
      }),
    addLogDensity: (point, sums, from) => {
      if (point.high > point.low) {
        addMasses ??= massAdder(kernels);
        addMasses(point, sums, from);
      } else {
        addDensities ??= densityAdder(kernels);
        addDensities(point, sums, from);
      }
    },
    draw: (kernel, stream) => drawWithinUnit(stream, column.centres[slots[kernel] as number] as number, widths[kernel] as number),
  };
}

type Adder = KernelFactor['addLogDensity'];

function densityAdder({ column, slots, widths, least }: Kernels): Adder {
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
  return ({ coordinate }: UnitShare, sums, from) => {
    for (let index = 0; index < sums.length; index += 1) {
      const kernel = from + index;
      const z = (coordinate - (centres[kernel] as number)) * (inverses[kernel] as number);
      sums[index] = (sums[index] as number) - 0.5 * z * z + (peaks[kernel] as number);
    }
  };
}
