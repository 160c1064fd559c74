import { setImmediate } from 'node:timers/promises';

/** Yields the items of a list some at a time, in order. */
export function* inSlices<Item>(items: readonly Item[], size: number): Generator<readonly Item[]> {
  for (let from = 0; from < items.length; from += size) yield items.slice(from, from + size);
}

/**
 * Maps a list some items at a time, in order, and yields to the event loop between two slices.
 *
 * @param map makes the results of a slice, whose first item has this index
 */
export async function mappedInSlices<Item, Result>(
  items: readonly Item[],
  size: number,
  map: (slice: readonly Item[], first: number) => readonly Result[],
): Promise<Result[]> {
  const results: Result[] = [];
  for (let first = 0; first < items.length; first += size) {
    if (first > 0) await setImmediate();
    results.push(...map(items.slice(first, first + size), first));
  }
  return results;
}
