import type { KernelFactor, UnitPoint } from './kernel-factor.ts';
import { drawWithinUnit, logNarrowMass, logRootTwoPi, narrowHalfWidth, normalMass } from './normal.ts';

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
 * Normal kernels truncated to the unit interval, each on its own.
 *
 * A point that stands for an interval gets the probability of that interval, not the density at its middle: on coarse
 * steps the two differ by much, and a step near an end or in a tail would be over- or undervalued.
 *
 * @param centres of the kernels, the prior's last, within [0, 1]
 * @param widths their standard deviations, above 0 and at most 1
 */
export function numericFactor(centres: Float64Array, widths: Float64Array): KernelFactor {
  const kernels = prepared(centres, widths);
  const narrowest = widths.reduce((least, width) => Math.min(least, width), 1);
  const coarse = coarseMasses(kernels);
  return {
    logAcceptance: kernels.logAcceptance,
    addLogDensity: (point, sums) => {
      const half = (point.high - point.low) / 2;
      if (half === 0) addDensities(kernels, point.coordinate, sums);
      else if (half <= narrowHalfWidth * narrowest) addNarrowMasses(kernels, point, sums);
      else coarse.add(point, sums);
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

function addNarrowMasses({ centres, inverses, logPeaks }: NormalKernels, { low, high }: UnitPoint, sums: Float64Array): void {
  const middle = (low + high) / 2;
  const half = (high - low) / 2;
  const logWidth = Math.log(2 * half);
  for (let kernel = 0; kernel < sums.length; kernel += 1) {
    const inverse = inverses[kernel] as number;
    const mass = logNarrowMass((middle - (centres[kernel] as number)) * inverse, half * inverse);
    sums[kernel] = (sums[kernel] as number) + mass + logWidth + (logPeaks[kernel] as number);
  }
}

/** Distances, in standard deviations, beyond which a kernel gives an interval nothing: the prior decides there. */
const outOfReach = 12;

/**
 * Masses of wide intervals. On a coarse lattice there are few different intervals and few different kernels: each pair
 * is computed once, when it is first asked for.
 */
function coarseMasses(all: NormalKernels): { add(point: UnitPoint, sums: Float64Array): void } {
  const rows = new Map<string, Float64Array>();
  let shapes: Shapes | null = null;
  return {
    add: (point, sums) => {
      shapes ??= shapesOf(all);
      const interval = `${point.low} ${point.high}`;
      const row = rows.get(interval) ?? new Float64Array(shapes.count).fill(Number.NaN);
      rows.set(interval, row);
      for (let kernel = 0; kernel < sums.length; kernel += 1) {
        const shape = shapes.indices[kernel] as number;
        let mass = row[shape] as number;
        if (Number.isNaN(mass)) {
          mass = logMass(all, kernel, point);
          row[shape] = mass;
        }
        sums[kernel] = (sums[kernel] as number) + mass;
      }
    },
  };
}

function logMass({ centres, inverses, logAcceptance }: NormalKernels, kernel: number, point: UnitPoint): number {
  const centre = centres[kernel] as number;
  const inverse = inverses[kernel] as number;
  const [low, high] = [(point.low - centre) * inverse, (point.high - centre) * inverse];
  if (low > outOfReach || high < -outOfReach) return Number.NEGATIVE_INFINITY;
  return Math.log(normalMass(low, high)) - (logAcceptance[kernel] as number);
}

/** Kernels alike in centre and width share a shape. */
interface Shapes {
  readonly count: number;
  /** The shape of each kernel. */
  readonly indices: Uint32Array;
}

function shapesOf({ centres, widths }: NormalKernels): Shapes {
  const known = new Map<number, Map<number, number>>();
  const indices = new Uint32Array(centres.length);
  let count = 0;
  for (let kernel = 0; kernel < centres.length; kernel += 1) {
    const [centre, width] = [centres[kernel] as number, widths[kernel] as number];
    const alike = known.get(centre) ?? new Map<number, number>();
    if (alike.size === 0) known.set(centre, alike);
    const shape = alike.get(width) ?? count;
    if (shape === count) {
      alike.set(width, shape);
      count += 1;
    }
    indices[kernel] = shape;
  }
  return { count, indices };
}
