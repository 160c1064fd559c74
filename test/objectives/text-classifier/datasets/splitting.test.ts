import { expect, test } from 'vitest';
import { type Split, shrink, validationSizeFor } from '../../../../src/objectives/text-classifier/datasets/split.ts';
import { decodeSplit, encodeSplit } from '../../../../src/objectives/text-classifier/datasets/split-file.ts';
import { shuffleAndCut } from '../../../../src/objectives/text-classifier/datasets/splitting.ts';

const paths = Array.from({ length: 103 }, (_, index) => `folder/${index}.txt`);
const shares = [0.6, 0.2, 0.2];

test('every text is in exactly one part, and the parts have their shares', () => {
  const parts = shuffleAndCut({ paths, shares, seed: 'a' });
  expect(parts.map((part) => part.length)).toEqual([62, 20, 21]);
  expect(parts.flatMap((part) => [...part]).sort((a, b) => a - b)).toEqual([...paths.keys()]);
});

test('the parts depend on the paths and the seed, not on the order the texts were read in', () => {
  const named = (order: string[], seed: string) =>
    shuffleAndCut({ paths: order, shares, seed }).map((part) => [...part].map((index) => order[index]));
  expect(named(paths.toReversed(), 'a')).toEqual(named(paths, 'a'));
  expect(named(paths, 'b')).not.toEqual(named(paths, 'a'));
});

const split: Split = {
  size: 3,
  labels: Uint8Array.of(1, 0, 1),
  offsets: Uint32Array.of(0, 2, 2, 5),
  tokens: Uint16Array.of(7, 65_535, 0, 1, 2),
};

test('a split comes back from its bytes as it was, wherever they lie in memory', () => {
  const bytes = encodeSplit(split);
  expect(decodeSplit(bytes)).toEqual(split);
  const shifted = new Uint8Array(bytes.length + 1);
  shifted.set(bytes, 1);
  expect(decodeSplit(shifted.subarray(1))).toEqual(split);
});

test('bytes that are too few or too many are refused', () => {
  const bytes = encodeSplit(split);
  for (const wrong of [new Uint8Array(3), bytes.subarray(0, -1), Buffer.concat([bytes, Buffer.of(0)])]) {
    expect(() => decodeSplit(wrong)).toThrow(RangeError);
  }
});

test('a split is shrunk to its first rows, and never grows', () => {
  expect(shrink(split, 2)).toEqual({
    size: 2,
    labels: Uint8Array.of(1, 0),
    offsets: Uint32Array.of(0, 2, 2),
    tokens: Uint16Array.of(7, 65_535),
  });
  expect(shrink(split, 9)).toEqual(split);
  for (const size of [0, 1.5, Number.NaN]) expect(() => shrink(split, size)).toThrow(RangeError);
});

test('validation shrinks by the same share as training, to one row at least and all of them at most', () => {
  const sizes = { train: 20_000, validation: 5_000 };
  expect([2_000, 20_000, 1, 30, 40_000].map((size) => validationSizeFor(sizes, size))).toEqual([500, 5_000, 1, 8, 5_000]);
});
