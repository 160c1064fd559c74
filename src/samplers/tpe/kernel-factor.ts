import type { RandomStream } from '../../shared/random.ts';

/**
 * A point of one parameter in the unit interval: its coordinate, and the share of the interval that stands for the
 * same value. The share of a continuous parameter is the point itself.
 */
export interface UnitPoint {
  readonly coordinate: number;
  readonly low: number;
  readonly high: number;
}

/** One parameter's factor of every kernel of a mixture; the last kernel is the prior. */
export interface KernelFactor {
  /** Log probability that each kernel, untruncated, has inside the unit interval; null where nothing was cut off. */
  readonly logAcceptance: Float64Array | null;
  /** Adds to each kernel's sum its log density at a point, or the log mass of the point's share where it has one. */
  addLogDensity(point: UnitPoint, sums: Float64Array): void;
  /** A coordinate drawn from one kernel. */
  draw(kernel: number, stream: RandomStream): number;
}
