import { randomStream } from '../../../shared/random.ts';

/** Identifies the step of a mask, and gives its rate and shape. */
export interface DropoutMaskOptions {
  /** Share of entries that are dropped, from 0 to below 1. */
  readonly dropout: number;
  readonly rows: number;
  readonly units: number;
  readonly modelSeed: string;
  /** From 1. */
  readonly epoch: number;
  /** From 1, within the epoch. */
  readonly step: number;
}

/**
 * Makes the mask of one step, a pure function of seed, epoch and step, so that a resumed training drops the same entries.
 * A dropped entry is 0, any other 1 / (1 − dropout), which preserves the expected sum (inverted form of Srivastava et al.,
 * 2014).
 *
 * @returns `[rows, units]`, row-major; null for no dropout
 */
export function dropoutMask({ dropout, rows, units, modelSeed, epoch, step }: DropoutMaskOptions): Float32Array | null {
  if (dropout === 0) return null;
  const stream = randomStream(modelSeed, 'dropout', epoch, step);
  const kept = 1 / (1 - dropout);
  return Float32Array.from({ length: rows * units }, () => (stream.uniform() < dropout ? 0 : kept));
}
