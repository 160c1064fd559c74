import { expect, it } from 'vitest';
import { inBatches } from '../../src/shared/batches.ts';
import { DomainError } from '../../src/shared/errors.ts';

/** Doubles numbers; notes its batches. */
function doubling(refused: (items: readonly number[]) => Error | null = () => null) {
  const batches: (readonly number[])[] = [];
  const serve = async (items: readonly number[]): Promise<number[]> => {
    batches.push(items);
    const error = refused(items);
    if (error) throw error;
    return items.map((item) => item * 2);
  };
  return { batches, serve };
}

it('serves what arrives together at once, up to a size', async () => {
  const { batches, serve } = doubling();
  const double = inBatches(serve, { most: 3, sizeOf: (item) => item });
  expect(await Promise.all([1, 2, 5, 1].map(double))).toEqual([2, 4, 10, 2]);
  expect(batches).toEqual([[1, 2], [5], [1]]);
});

it('serves each item alone after an error that may be due to one', async () => {
  const { batches, serve } = doubling((items) => (items.includes(2) ? new Error('cannot be stored') : null));
  const double = inBatches(serve, { most: 10 });
  const results = await Promise.allSettled([1, 2, 3].map(double));
  expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  expect(batches).toEqual([[1, 2, 3], [1], [2], [3]]);
});

it('fails all items with a domain error', async () => {
  const { batches, serve } = doubling(() => new DomainError('study-not-found', 'there is none'));
  const double = inBatches(serve, { most: 10 });
  const results = await Promise.allSettled([1, 2].map(double));
  expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  expect(batches).toHaveLength(1);
});
