import type { RandomStream } from '../../shared/random.ts';
import type { UnitShare } from '../../space/unit-cube.ts';

/** One parameter's factor of every kernel of a mixture; the last kernel is the prior. */
export interface KernelFactor {
  /** Log of each untruncated kernel's probability inside the unit interval; null if nothing was cut off. */
  readonly logAcceptance: Float64Array | null;
  /** Adds to each kernel's sum its log density at a point, or the log mass of the interval that the point represents. */
  addLogDensity(point: UnitShare, sums: Float64Array): void;
  /** A coordinate drawn from one kernel. */
  draw(kernel: number, stream: RandomStream): number;
}
