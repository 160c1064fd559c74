import { permutation, type RandomStream } from '../../shared/random.ts';

/**
 * Number of batches whose rows are sorted together before they are cut, so that rows of similar length share a batch: at
 * 475 words, a batch of reviews needs 225 time steps on average instead of 475. Fewer pools would sort better and shuffle
 * worse.
 */
const batchesPerPool = 50;

/** Input of the batches of one epoch. */
export interface TrainingBatchOptions {
  /** Tokens of each row, already limited to the longest length that is read (see `tokenCounts`). */
  readonly lengths: Uint32Array;
  /** Rows of a batch, at least 1. Only the remainder of the last pool makes a smaller batch. */
  readonly batchSize: number;
  /** Stream used by this epoch only. The same stream gives the same batches. */
  readonly stream: RandomStream;
}

/**
 * Makes the batches of one epoch, each a list of row indices. Every row is in exactly one batch.
 *
 * The rows are shuffled and cut into pools of 50 batches. Each pool is sorted by length (rows of one length keep their
 * shuffled order) and cut into batches. The batches of the epoch are then shuffled, so that lengths do not rise through a
 * pool.
 *
 * @throws RangeError when `batchSize` is not a whole number of at least 1
 */
export function trainingBatches({ lengths, batchSize, stream }: TrainingBatchOptions): Uint32Array[] {
  checkBatchSize(batchSize);
  const rows = permutation(stream, lengths.length);
  const batches: Uint32Array[] = [];
  const poolSize = batchSize * batchesPerPool;
  for (let start = 0; start < rows.length; start += poolSize) {
    batches.push(...cut(sortedByLength(rows.subarray(start, start + poolSize), lengths), batchSize));
  }
  return Array.from(permutation(stream, batches.length), (index) => batches[index] as Uint32Array);
}

/**
 * Makes the batches of a measurement: all rows, sorted by length, rows of one length in order of their index. No randomness.
 *
 * @throws RangeError when `batchSize` is not a whole number of at least 1
 */
export function evaluationBatches({ lengths, batchSize }: Omit<TrainingBatchOptions, 'stream'>): Uint32Array[] {
  checkBatchSize(batchSize);
  const rows = Uint32Array.from(lengths, (_, index) => index);
  return cut(sortedByLength(rows, lengths), batchSize);
}

/** Returns a copy sorted by length. The reproducibility of an epoch relies on the stable sort of typed arrays. */
function sortedByLength(rows: Uint32Array, lengths: Uint32Array): Uint32Array {
  return rows.slice().sort((a, b) => (lengths[a] as number) - (lengths[b] as number));
}

function cut(rows: Uint32Array, batchSize: number): Uint32Array[] {
  const batches: Uint32Array[] = [];
  for (let start = 0; start < rows.length; start += batchSize) batches.push(rows.slice(start, start + batchSize));
  return batches;
}

function checkBatchSize(batchSize: number): void {
  if (!Number.isInteger(batchSize) || batchSize < 1)
    throw new RangeError(`the batch size must be a whole number of at least 1, got ${batchSize}`);
}
