import { trainingBatches } from '../../src/objectives/text-classifier/batches.ts';
import type { Split } from '../../src/objectives/text-classifier/datasets/dataset.ts';
import { encodeBatch, tokenCounts } from '../../src/objectives/text-classifier/encode.ts';
import type { Hyperparameters } from '../../src/objectives/text-classifier/hyperparameters.ts';
import type { LabelledBatch } from '../../src/objectives/text-classifier/tensorflow/classifier.ts';
import { randomStream } from '../../src/shared/random.ts';

/** Units and time steps of one row of the table, and the number of timed steps. */
export interface StepRow {
  readonly hiddenUnits: number;
  readonly maxLength: number;
  readonly steps: number;
}

/** The rows of the table: the paper's best three shapes, and a small one in which the cost around the LSTM is visible. */
export const stepRows: readonly StepRow[] = [
  { hiddenUnits: 85, maxLength: 475, steps: 12 },
  { hiddenUnits: 278, maxLength: 422, steps: 6 },
  { hiddenUnits: 464, maxLength: 458, steps: 4 },
  { hiddenUnits: 16, maxLength: 100, steps: 60 },
];

/** Hyperparameters of every row. */
export function benchHyperparameters(hiddenUnits: number, maxLength: number): Hyperparameters {
  return {
    learningRate: 0.001,
    hiddenUnits,
    epochs: 1,
    maxLength,
    vocabularySize: 5000,
    embeddingSize: 32,
    batchSize: 64,
    optimizer: 'adam',
    dropout: 0,
    clipNorm: 0,
  };
}

/** Makes a batch of full length from random words. */
export function fullBatch({ batchSize, maxLength, vocabularySize }: Hyperparameters): LabelledBatch {
  const stream = randomStream(1, 'bench');
  const ids = Int32Array.from({ length: batchSize * maxLength }, () => 3 + stream.integer(vocabularySize - 3));
  const labels = Float32Array.from({ length: batchSize }, () => stream.integer(2));
  return { encoded: { ids, time: maxLength, batch: batchSize, lengths: new Int32Array(batchSize).fill(maxLength) }, labels, keep: null };
}

/** Makes the first batches of an epoch over a split, as a training reads them. */
export function epochBatches(split: Split, hyperparameters: Hyperparameters, count: number): LabelledBatch[] {
  const { batchSize, maxLength, vocabularySize } = hyperparameters;
  const batches = trainingBatches({ lengths: tokenCounts(split, maxLength), batchSize, stream: randomStream('bench', 'shuffle', 1) });
  return batches.slice(0, count).map((rows) => ({
    encoded: encodeBatch({ split, rows, maxLength, vocabularySize }),
    labels: Float32Array.from(rows, (row) => split.labels[row] as number),
    keep: null,
  }));
}
