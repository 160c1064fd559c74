import type { RandomStream } from '../../shared/random.ts';
import type { UnitShare } from '../../space/unit-cube.ts';
import type { Column } from './column.ts';

/** The kernels of one parameter, the prior's last. */
export interface Kernels {
  readonly column: Column;
  /** Slots of the centres. */
  readonly slots: Int32Array;
  /** The prior is marked by its width, 1; the kernels of choices have none. */
  readonly widths: Float64Array;
  /** The least width of all: most kernels of a long history have it. */
  readonly least: number;
}

/** One parameter's factor of every kernel of a mixture; the last kernel is the prior. */
export interface KernelFactor {
  /** Log of each untruncated kernel's probability inside the unit interval; null if nothing was cut off. */
  logAcceptance(): Float64Array | null;
  /**
   * Adds to the sums of kernels, the first of which is number `from`, their log densities at a point, or the log masses of the interval
   * that the point represents.
   */
  addLogDensity(point: UnitShare, sums: Float64Array, from: number): void;
  /** The same, but all factors together may be wrong by half of `roughness`, in terms that matter beside the largest. */
  addRoughly(point: UnitShare, sums: Float64Array, from: number): void;
  /** A coordinate drawn from one kernel. */
  draw(kernel: number, stream: RandomStream): number;
}
