import { z } from 'zod';
import { hyperparametersSchema } from './hyperparameters.ts';

/** The job of a training, as its trainer reads it. */
export const trainJobSchema = z.strictObject({
  /** Folder of a prepared dataset (see datasets/prepare.ts). */
  datasetFolder: z.string(),
  /** Number of training texts, from the front of the shuffled training split; validation shrinks in proportion. null: all. */
  trainSize: z.int().min(1).nullable(),
  hyperparameters: hyperparametersSchema,
  /** Seed of the weights, shuffles and dropout (see `modelSeedOf`). */
  modelSeed: z.string(),
});
export type TrainJob = z.output<typeof trainJobSchema>;
