import { describe, expect, test } from 'vitest';
import { evaluationBatches, trainingBatches } from '../../../src/objectives/text-classifier/batches.ts';
import { randomStream } from '../../../src/shared/random.ts';

const stream = (epoch: number) => randomStream('a model', 'batches', epoch);
const lengths = (rows: number) => Uint32Array.from({ length: rows }, (_, row) => 1 + ((row * 7919) % 475));
const rowsOf = (batches: Uint32Array[]) => batches.flatMap((batch) => [...batch]);
const byNumber = (a: number, b: number) => a - b;
const spread = (batch: Uint32Array, of: Uint32Array) => {
  const within = [...batch].map((row) => of[row] ?? Number.NaN);
  return Math.max(...within) - Math.min(...within);
};

describe('the batches of an epoch', () => {
  test.each([
    [1, 1],
    [63, 64],
    [64, 64],
    [6_401, 64],
    [1_000, 7],
  ])('hold each of %i rows exactly once, in batches of at most %i', (rows, batchSize) => {
    const batches = trainingBatches({ lengths: lengths(rows), batchSize, stream: stream(1) });
    expect(rowsOf(batches).sort(byNumber)).toEqual(Array.from({ length: rows }, (_, row) => row));
    expect(Math.max(...batches.map((batch) => batch.length))).toBe(Math.min(rows, batchSize));
    expect(batches).toHaveLength(Math.ceil(rows / batchSize));
  });

  test('are the same for the same stream and others for the next epoch', () => {
    const options = { lengths: lengths(500), batchSize: 8 };
    expect(trainingBatches({ ...options, stream: stream(1) })).toEqual(trainingBatches({ ...options, stream: stream(1) }));
    expect(trainingBatches({ ...options, stream: stream(1) })).not.toEqual(trainingBatches({ ...options, stream: stream(2) }));
  });

  test('hold rows of like length', () => {
    const of = lengths(6_400);
    const batches = trainingBatches({ lengths: of, batchSize: 64, stream: stream(1) });
    // Two pools of 50 batches over 475 lengths: a batch spans about 475 / 50 lengths, and 20 leaves room for chance.
    expect(Math.max(...batches.map((batch) => spread(batch, of)))).toBeLessThan(20);
  });

  test('do not come in order of length', () => {
    const of = lengths(3_200);
    const first = trainingBatches({ lengths: of, batchSize: 64, stream: stream(1) }).map((batch) => of[batch[0] ?? 0] ?? 0);
    expect(first).not.toEqual(first.toSorted(byNumber));
  });

  test('within a pool, rows of one length keep their shuffled order: with one length everywhere, batches are the shuffle', () => {
    const rows = rowsOf(trainingBatches({ lengths: new Uint32Array(300).fill(9), batchSize: 10, stream: stream(1) }));
    expect(rows).not.toEqual(rows.toSorted(byNumber));
    expect(rows.slice(0, 10)).not.toEqual(rows.slice(0, 10).sort(byNumber));
  });

  test('are none where there are no rows', () => {
    expect(trainingBatches({ lengths: new Uint32Array(0), batchSize: 4, stream: stream(1) })).toEqual([]);
  });

  test.each([0, -1, 1.5, Number.NaN])('cannot have size %d', (batchSize) => {
    expect(() => trainingBatches({ lengths: lengths(4), batchSize, stream: stream(1) })).toThrow(RangeError);
  });
});

describe('the batches of a measurement', () => {
  test('are sorted by length, rows of one length by index', () => {
    const batches = evaluationBatches({ lengths: Uint32Array.of(5, 2, 5, 1, 2), batchSize: 2 });
    expect(batches.map((batch) => [...batch])).toEqual([[3, 1], [4, 0], [2]]);
  });
});
