import { z } from 'zod';
import { hyperparametersSchema } from './hyperparameters.ts';
import { earlierSegmentsSchema } from './segments.ts';

/** The job of a training, as its trainer reads it. */
export const trainJobSchema = z.strictObject({
  /** Folder of a prepared dataset (see datasets/prepare.ts). */
  datasetFolder: z.string(),
  /** Number of training texts, from the front of the shuffled training split; validation shrinks in proportion. null: all. */
  trainSize: z.int().min(1).nullable(),
  hyperparameters: hyperparametersSchema,
  /** Segments in which its first epochs have other values; empty: none. */
  earlier: earlierSegmentsSchema,
  /** Seed of the weights, shuffles and dropout (see `modelSeedOf`). */
  modelSeed: z.string(),
});
export type TrainJob = z.output<typeof trainJobSchema>;
