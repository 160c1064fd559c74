import type { CoreSeconds, JobCost } from '../contract.ts';
import { type DatasetName, datasetCatalogue } from './datasets/catalogue.ts';
import { validationSizeFor } from './datasets/split.ts';
import type { Hyperparameters } from './hyperparameters.ts';

/**
 * Milliseconds of a training batch of one process with one thread: start + batch / 64 · length · units · (linear + square ·
 * (units + embedding)), where `length` is the time steps of the batch. Least relative squares over steps measured with
 * batches of 64 and embeddings of 32 on a virtual x86-64 core, in a fast and in a slow hour:
 *
 * | units × length | fast, slow, ms |
 * |---|---|
 * | 16 × 100 | 5.8, 8.6 |
 * | 85 × 475 | 73, 117 |
 * | 278 × 422 | 366, 681 |
 * | 464 × 458 | 1090, 1888 |
 *
 * The fit is within 7 % of the fast times and within 2 % of the slow ones. Three epochs of 85 × 475 over all film reviews
 * take 39 and 61 s by this formula; measured were 38 to 46 s and 60 to 63 s.
 */
const stepTime = {
  low: { start: 4.05, linear: 6.98e-4, square: 8.34e-6 },
  high: { start: 5.97, linear: 8.78e-4, square: 1.593e-5 },
} as const;

/** A forward pass takes about a third of the time of a training batch: the gradients take twice what it takes. */
const forwardShare = 1 / 3;

/** Batches of like length are this much longer than their mean row: 1.01 to 1.05 was counted over both datasets. */
const batchStretch = 1.02;

/** Tokens of a training text, the start token included, at the middle of each twentieth of the texts by length: counted. */
const textLengths: Readonly<Record<DatasetName, readonly number[]>> = {
  'spam-assassin': [31, 44, 62, 76, 90, 103, 116, 130, 145, 159, 176, 191, 211, 236, 268, 310, 383, 495, 681, 1634],
  imdb: [53, 79, 105, 119, 126, 133, 141, 150, 160, 172, 186, 202, 222, 245, 273, 310, 357, 422, 526, 757],
};

/** The measurements behind the estimates. */
export const costAssumptions =
  'Times were measured on a virtual x86-64 core, one process with one thread for each, in a fast and in a slow hour.';

/** The cost of a training: its epochs, with the measuring on the validation split, and the measuring on the test split. */
export function trainingCost(training: {
  readonly dataset: DatasetName;
  /** null: all texts. */
  readonly trainSize: number | null;
  readonly hyperparameters: Hyperparameters;
}): JobCost {
  const { dataset, trainSize, hyperparameters } = training;
  const sizes = datasetCatalogue.find(({ name }) => name === dataset)?.sizes ?? datasetCatalogue[0].sizes;
  const texts = Math.min(trainSize ?? sizes.train, sizes.train);
  const [pass, measuring] = [
    trainingPass(dataset, hyperparameters, texts),
    measuringPass(dataset, hyperparameters, validationSizeFor(sizes, texts)),
  ];
  return {
    step: { low: pass.low + measuring.low, high: pass.high + measuring.high },
    evaluation: measuringPass(dataset, hyperparameters, sizes.test),
    checkpointBytes: checkpointBytes(hyperparameters),
  };
}

/** Core-seconds of one pass of training steps over so many texts of a dataset. */
export function trainingPass(dataset: DatasetName, hyperparameters: Hyperparameters, texts: number): CoreSeconds {
  const { batchSize, maxLength } = hyperparameters;
  const rows = Math.min(batchSize, texts);
  const lengths = textLengths[dataset];
  const meanLength = lengths.reduce((sum, length) => sum + Math.min(length, maxLength), 0) / lengths.length;
  const steps = Math.ceil(texts / rows);
  const seconds = (time: (typeof stepTime)['low' | 'high']): number =>
    (steps * stepMs(time, hyperparameters, rows, Math.min(meanLength * batchStretch, maxLength))) / 1000;
  return { low: seconds(stepTime.low), high: seconds(stepTime.high) };
}

/** Core-seconds of measuring a model on so many texts. */
export function measuringPass(dataset: DatasetName, hyperparameters: Hyperparameters, texts: number): CoreSeconds {
  const { low, high } = trainingPass(dataset, hyperparameters, texts);
  return { low: low * forwardShare, high: high * forwardShare };
}

function stepMs(
  { start, linear, square }: (typeof stepTime)['low' | 'high'],
  { hiddenUnits, embeddingSize }: Hyperparameters,
  rows: number,
  length: number,
): number {
  return start + (rows / 64) * length * hiddenUnits * (linear + square * (hiddenUnits + embeddingSize));
}

/** Values that an optimizer keeps beside each weight. */
const optimizerSlots: Readonly<Record<Hyperparameters['optimizer'], number>> = { adam: 2, rmsprop: 1, sgd: 0 };

/** Bytes of an epoch checkpoint but for its header: weights and optimizer slots as 32-bit floats. */
export function checkpointBytes({ vocabularySize, embeddingSize, hiddenUnits, optimizer }: Hyperparameters): number {
  const gates = 4 * hiddenUnits;
  const weights = vocabularySize * embeddingSize + (embeddingSize + hiddenUnits) * gates + gates + hiddenUnits + 1;
  return 4 * weights * (1 + optimizerSlots[optimizer]);
}
