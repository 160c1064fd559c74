import type { Dataset, Split, SplitName } from '../../../../src/objectives/text-classifier/datasets/dataset.ts';
import type { Hyperparameters } from '../../../../src/objectives/text-classifier/hyperparameters.ts';
import { type RandomStream, randomStream } from '../../../../src/shared/random.ts';

/** Small enough for tests that train many times. */
export const tinyHyperparameters: Hyperparameters = {
  learningRate: 0.01,
  hiddenUnits: 6,
  epochs: 3,
  maxLength: 12,
  vocabularySize: 30,
  embeddingSize: 5,
  batchSize: 8,
  optimizer: 'adam',
  dropout: 0,
  clipNorm: 0,
};

/** Rows whose class shows in their words: those of positive rows are mostly of even rank. */
export function syntheticSplit(size: number, stream: RandomStream): Split {
  const rows = Array.from({ length: size }, (_, row) => {
    const odd = row % 2 === 0 ? 1 : 0;
    return Array.from({ length: stream.integer(20) }, () => 2 * stream.integer(20) + (stream.uniform() < 0.9 ? odd : 1 - odd));
  });
  const offsets = new Uint32Array(size + 1);
  rows.forEach((words, row) => {
    offsets[row + 1] = (offsets[row] as number) + words.length;
  });
  return { size, labels: Uint8Array.from(rows, (_, row) => row % 2), offsets, tokens: Uint16Array.from(rows.flat()) };
}

/** A dataset in memory; without a test size that split does not exist, so that a training that asked for it would fail. */
export function syntheticDataset(trainSize = 60, validationSize = 30, testSize = 0): Pick<Dataset, 'digest' | 'sizes' | 'split'> {
  const train = syntheticSplit(trainSize, randomStream(1, 'train'));
  const validation = syntheticSplit(validationSize, randomStream(1, 'validation'));
  const test = syntheticSplit(testSize, randomStream(1, 'test'));
  return {
    digest: 'synthetic',
    sizes: { train: trainSize, validation: validationSize, test: testSize },
    split(name: SplitName) {
      if (name === 'test' && testSize === 0) throw new Error('a training must not read the test split');
      return { train, validation, test }[name];
    },
  };
}
