import { describe, expect, test } from 'vitest';
import type { Split } from '../../../src/objectives/text-classifier/datasets/split.ts';
import { encodeBatch, tokenCounts } from '../../../src/objectives/text-classifier/encode.ts';

/** Four rows: three words, none, five words (one of them not stored), one. */
const split: Split = {
  size: 4,
  labels: Uint8Array.of(1, 0, 1, 0),
  offsets: Uint32Array.of(0, 3, 3, 8, 9),
  tokens: Uint16Array.of(0, 6, 7, 10, 11, 65_535, 3, 4, 2),
};

describe('the length of a row', () => {
  test('counts the start token and is cut to the longest length', () => {
    expect([...tokenCounts(split, 100)]).toEqual([4, 1, 6, 2]);
    expect([...tokenCounts(split, 3)]).toEqual([3, 1, 3, 2]);
    expect([...tokenCounts(split, 1)]).toEqual([1, 1, 1, 1]);
  });
});

describe('an encoded batch', () => {
  test('is time-major, starts with the start token and is padded to its longest row', () => {
    const { ids, time, batch, lengths } = encodeBatch({ split, rows: Uint32Array.of(0, 1, 3), maxLength: 100, vocabularySize: 100 });
    expect({ time, batch, lengths: [...lengths] }).toEqual({ time: 4, batch: 3, lengths: [4, 1, 2] });
    expect([...ids]).toEqual([1, 1, 1, 3, 0, 5, 9, 0, 0, 10, 0, 0]);
  });

  test('keeps ranks whose identifier is below the vocabulary size, and takes the others for unknown', () => {
    const { ids } = encodeBatch({ split, rows: Uint32Array.of(0), maxLength: 100, vocabularySize: 10 });
    expect([...ids]).toEqual([1, 3, 9, 2]);
  });

  test('takes a word that is not stored for unknown, however large the vocabulary', () => {
    const { ids } = encodeBatch({ split, rows: Uint32Array.of(2), maxLength: 100, vocabularySize: 1_000_000 });
    expect([...ids]).toEqual([1, 13, 14, 2, 6, 7]);
  });

  test('reads the first tokens of a text, and no step more than its longest row has', () => {
    const { ids, time } = encodeBatch({ split, rows: Uint32Array.of(2, 0), maxLength: 3, vocabularySize: 100 });
    expect(time).toBe(3);
    expect([...ids]).toEqual([1, 1, 13, 3, 14, 9]);
  });

  test('of no rows is empty', () => {
    const { ids, time, batch } = encodeBatch({ split, rows: new Uint32Array(0), maxLength: 3, vocabularySize: 100 });
    expect({ length: ids.length, time, batch }).toEqual({ length: 0, time: 0, batch: 0 });
  });

  test('agrees with the lengths that batches are made from', () => {
    const rows = Uint32Array.of(0, 1, 2, 3);
    expect([...encodeBatch({ split, rows, maxLength: 5, vocabularySize: 100 }).lengths]).toEqual([...tokenCounts(split, 5)]);
  });
});
