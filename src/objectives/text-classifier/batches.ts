import { permutation, type RandomStream } from '../../shared/random.ts';

/**
 * Batches whose rows are sorted together before they are cut. Rows of like length then share a batch: at 475 words a
 * batch of reviews needs 225 time steps on average, not 475. Fewer pools would sort better and shuffle worse.
 */
const BATCHES_PER_POOL = 50;

/** What the batches of one epoch depend on. */
export interface TrainingBatchOptions {
  /** Tokens of each row, already cut to the longest length that is read (see `tokenCounts`). */
  readonly lengths: Uint32Array;
  /** Rows of a batch, at least 1. Only what remains of the last pool makes a smaller one. */
  readonly batchSize: number;
  /** The stream of this epoch alone: the same stream gives the same batches. */
  readonly stream: RandomStream;
}

/**
 * The batches of one epoch, each the indices of its rows: every row is in exactly one batch.
 *
 * Rows are shuffled and cut into pools of 50 batches; a pool is sorted by length (rows of one length keep their shuffled
 * order) and cut into batches; the batches of the epoch are then shuffled, so that lengths do not rise through a pool.
 *
 * @throws RangeError when `batchSize` is not a whole number of at least 1
 */
export function trainingBatches({ lengths, batchSize, stream }: TrainingBatchOptions): Uint32Array[] {
  checkBatchSize(batchSize);
  const rows = permutation(stream, lengths.length);
  const batches: Uint32Array[] = [];
  const poolSize = batchSize * BATCHES_PER_POOL;
  for (let start = 0; start < rows.length; start += poolSize) {
    batches.push(...cut(sortedByLength(rows.subarray(start, start + poolSize), lengths), batchSize));
  }
  return Array.from(permutation(stream, batches.length), (index) => batches[index] as Uint32Array);
}

/**
 * Batches for measuring: all rows, sorted by length, rows of one length in order of their index. No randomness.
 *
 * @throws RangeError when `batchSize` is not a whole number of at least 1
 */
export function evaluationBatches({ lengths, batchSize }: Omit<TrainingBatchOptions, 'stream'>): Uint32Array[] {
  checkBatchSize(batchSize);
  const rows = Uint32Array.from(lengths, (_, index) => index);
  return cut(sortedByLength(rows, lengths), batchSize);
}

/** A copy sorted by length. The sort of typed arrays is stable, which the repeatability of an epoch relies on. */
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
