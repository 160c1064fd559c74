import { z } from 'zod';
import type { EarlierValues } from '../../space/earlier-values.ts';
import type { ParameterValue } from '../../space/schema.ts';
import { type Hyperparameters, hyperparameterRanges } from './hyperparameters.ts';

/**
 * Hyperparameters that may change between two epochs: each training step reads them anew. Every other one shapes the model, its optimizer,
 * its batches or its texts, and is the same in all epochs.
 */
export const changeableHyperparameters = ['learningRate', 'dropout'] as const;

/** The values with which the epochs after the segment before it, up to `epochs`, were trained. */
const earlierSegmentSchema = z.strictObject({
  /** Its last epoch, from 1. */
  epochs: z.int().min(1),
  learningRate: hyperparameterRanges.learningRate,
  dropout: hyperparameterRanges.dropout,
});

/** The segments of a training before its last one, in order. */
export const earlierSegmentsSchema = z
  .array(earlierSegmentSchema)
  .refine((segments) => segments.every(({ epochs }, index) => epochs > (segments[index - 1]?.epochs ?? 0)), {
    error: 'must be in order: each segment ends after the one before it',
  });
export type EarlierSegments = Readonly<z.output<typeof earlierSegmentsSchema>>;

/** A training whose learning rate and dropout change on the way: its last segment has those of its hyperparameters. */
export interface SegmentedTraining {
  readonly hyperparameters: Hyperparameters;
  /** Empty: nothing changes. */
  readonly earlier: EarlierSegments;
}

/**
 * The segments before the last one, by the earlier values of a job.
 *
 * @param valuesWith the hyperparameters of the configuration with these values in place of its own
 * @throws Error if they change a parameter that cannot change, are not in order, or leave no epoch to the last segment
 */
export function earlierSegmentsOf(
  earlierValues: EarlierValues,
  valuesWith: (changed: Readonly<Record<string, ParameterValue>>) => Hyperparameters,
): EarlierSegments {
  const segments = earlierValues.map(({ until, parameters }) => {
    checkChangeable(Object.keys(parameters));
    const { learningRate, dropout } = valuesWith(parameters);
    return { epochs: until, learningRate, dropout };
  });
  checkOrder([...segments, valuesWith({})].map(({ epochs }) => epochs));
  return segments;
}

function checkChangeable(names: readonly string[]): void {
  const fixed = names.find((name) => !changeableHyperparameters.some((changeable) => changeable === name));
  if (fixed !== undefined) throw new Error(`${fixed} cannot change while a text classifier is trained`);
}

function checkOrder(ends: readonly number[]): void {
  if (ends.some((end, index) => end <= (ends[index - 1] ?? 0)))
    throw new Error(`the segments of a training must have an epoch each, in order; they end after ${ends.join(', ')}`);
}

/** The hyperparameters with which an epoch is trained. */
export function hyperparametersAt({ hyperparameters, earlier }: SegmentedTraining, epoch: number): Hyperparameters {
  const found = earlier.find(({ epochs }) => epoch <= epochs);
  if (!found) return hyperparameters;
  const { learningRate, dropout } = found;
  return { ...hyperparameters, learningRate, dropout };
}

/** The segments that ended before an epoch. */
export function segmentsBefore(earlier: EarlierSegments, epoch: number): EarlierSegments {
  return earlier.filter(({ epochs }) => epochs < epoch);
}
