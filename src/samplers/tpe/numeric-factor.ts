import type { UnitShare } from '../../space/unit-cube.ts';
import type { KernelFactor } from './kernel-factor.ts';
import { drawWithinUnit, logNarrowMass, logRootTwoPi, narrowHalfWidth, normalMass } from './normal.ts';
import { type Shapes, shapesOf } from './shapes.ts';

/** Normal kernels, ready to be evaluated at many points. */
interface NormalKernels {
  readonly centres: Float64Array;
  readonly widths: Float64Array;
  /** 1 / width */
  readonly inverses: Float64Array;
  /** ln of the density at the centre, truncation included */
  readonly logPeaks: Float64Array;
  readonly logAcceptance: Float64Array;
}

/**
 * Normal kernels truncated to the unit interval, each separately.
 *
 * A point that represents an interval gets the probability of that interval, not the density at its middle: on coarse steps the two
 * differ by much, and a step near an end or in a tail would be over- or undervalued.
 *
 * @param centres of the kernels, the prior's last, within [0, 1]
 * @param widths their standard deviations, above 0 and at most 1
 */
export function numericFactor(centres: Float64Array, widths: Float64Array): KernelFactor {
  const kernels = prepared(centres, widths);
  const masses = intervalMasses(kernels);
  return {
    logAcceptance: kernels.logAcceptance,
    addLogDensity: (point, sums) => {
      if (point.high > point.low) masses.add(point, sums);
      else addDensities(kernels, point.coordinate, sums);
    },
    draw: (kernel, stream) => drawWithinUnit(stream, centres[kernel] ?? 0.5, widths[kernel] ?? 1),
  };
}

function prepared(centres: Float64Array, widths: Float64Array): NormalKernels {
  const count = centres.length;
  const logAcceptance = new Float64Array(count);
  const inverses = new Float64Array(count);
  const logPeaks = new Float64Array(count);
  for (let kernel = 0; kernel < count; kernel += 1) {
    const centre = centres[kernel] as number;
    const inverse = 1 / (widths[kernel] as number);
    const mass = Math.log(normalMass(-centre * inverse, (1 - centre) * inverse));
    inverses[kernel] = inverse;
    logAcceptance[kernel] = mass;
    logPeaks[kernel] = Math.log(inverse) - logRootTwoPi - mass;
  }
  return { centres, widths, inverses, logPeaks, logAcceptance };
}

function addDensities({ centres, inverses, logPeaks }: NormalKernels, coordinate: number, sums: Float64Array): void {
  for (let kernel = 0; kernel < sums.length; kernel += 1) {
    const z = (coordinate - (centres[kernel] as number)) * (inverses[kernel] as number);
    sums[kernel] = (sums[kernel] as number) - 0.5 * z * z + (logPeaks[kernel] as number);
  }
}

/**
 * Masses of the intervals of a lattice. There are few different intervals and few different kernels: each pair is
 * computed once, when it is first asked for.
 */
function intervalMasses(all: NormalKernels): { add(interval: UnitShare, sums: Float64Array): void } {
  const rows = new Map<string, Float64Array>();
  let shapes: Shapes | null = null;
  return {
    add: (interval, sums) => {
      shapes ??= shapesOf(all.centres, all.widths);
      const { indices } = shapes;
      const key = `${interval.low} ${interval.high}`;
      const row = rows.get(key) ?? massesOf(all, shapes, interval);
      rows.set(key, row);
      for (let kernel = 0; kernel < sums.length; kernel += 1)
        sums[kernel] = (sums[kernel] as number) + (row[indices[kernel] as number] as number);
    },
  };
}

/** The log mass of an interval under the kernels of each shape. */
function massesOf(all: NormalKernels, shapes: Shapes, { low, high }: UnitShare): Float64Array {
  const masses = new Float64Array(shapes.count);
  const [middle, half, logWidth] = [(low + high) / 2, (high - low) / 2, Math.log(high - low)];
  for (let shape = 0; shape < masses.length; shape += 1) {
    const kernel = shapes.kernels[shape] as number;
    const inverse = all.inverses[kernel] as number;
    const z = (middle - (all.centres[kernel] as number)) * inverse;
    masses[shape] =
      half * inverse <= narrowHalfWidth
        ? logNarrowMass(z, half * inverse) + logWidth + (all.logPeaks[kernel] as number)
        : logWideMass(z, half * inverse) - (all.logAcceptance[kernel] as number);
  }
  return masses;
}

/** Distances, in standard deviations, beyond which a kernel gives an interval nothing: the prior decides there. */
const outOfReach = 12;

function logWideMass(z: number, half: number): number {
  if (Math.abs(z) - half > outOfReach) return Number.NEGATIVE_INFINITY;
  return Math.log(normalMass(z - half, z + half));
}
