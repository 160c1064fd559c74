import { randomStream } from '../../../shared/random.ts';

/** Which step of which training a mask is for. */
export interface DropoutMaskOptions {
  /** Share of places that are dropped, 0 … below 1. */
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
 * The mask of one step, a pure function of seed, epoch and step, so that a resumed training drops the same places: 0 where
 * a place is dropped, 1 / (1 − dropout) elsewhere, which keeps the expected sum (Srivastava et al., 2014, inverted).
 *
 * @returns `[rows, units]`, row-major; null where nothing is dropped
 */
export function dropoutMask({ dropout, rows, units, modelSeed, epoch, step }: DropoutMaskOptions): Float32Array | null {
  if (dropout === 0) return null;
  const stream = randomStream(modelSeed, 'dropout', epoch, step);
  const kept = 1 / (1 - dropout);
  return Float32Array.from({ length: rows * units }, () => (stream.uniform() < dropout ? 0 : kept));
}
