import { DatabaseUnreachableError } from './database-unreachable.ts';
import { DomainError } from './errors.ts';

/** An item that waits for its batch. */
interface Pending<Item, Result> {
  readonly item: Item;
  readonly resolve: (result: Result) => void;
  readonly reject: (error: unknown) => void;
}

/** Limit of a batch. */
export interface BatchLimit<Item> {
  /** Largest size of a batch. One item may be larger. */
  readonly most: number;
  /** Size of an item; default: 1 each. */
  readonly sizeOf?: (item: Item) => number;
}

/**
 * Serves many calls with one: while a batch is under way, further items gather for the next one. A single item is served at once.
 *
 * @param serve returns one result for each item, in order. Its error is that of every item, if it is a domain error or the database is
 * unreachable; after any other one each item is served alone, so that one that cannot be stored does not fail the others
 */
export function inBatches<Item, Result>(
  serve: (items: readonly Item[]) => Promise<readonly Result[]>,
  limit: BatchLimit<Item>,
): (item: Item) => Promise<Result> {
  const pending: Pending<Item, Result>[] = [];
  let busy = false;
  const run = async (): Promise<void> => {
    while (pending.length > 0) await serveBatch(serve, pending.splice(0, fitting(pending, limit)));
    busy = false;
  };
  return (item) =>
    new Promise((resolve, reject) => {
      pending.push({ item, resolve, reject });
      // After the other requests that arrived together.
      if (!busy) {
        busy = true;
        queueMicrotask(() => void run());
      }
    });
}

/** Number of the first items that fit into one batch: at least one. */
function fitting<Item>(pending: readonly { readonly item: Item }[], { most, sizeOf = () => 1 }: BatchLimit<Item>): number {
  let size = 0;
  const end = pending.findIndex(({ item }) => {
    size += sizeOf(item);
    return size > most;
  });
  return end < 0 ? pending.length : Math.max(1, end);
}

async function serveBatch<Item, Result>(
  serve: (items: readonly Item[]) => Promise<readonly Result[]>,
  batch: readonly Pending<Item, Result>[],
): Promise<void> {
  try {
    const results = await serve(batch.map(({ item }) => item));
    batch.forEach(({ resolve, reject }, index) => {
      const result = results[index];
      if (result === undefined) reject(new Error('invariant broken: a batch has a result for each item'));
      else resolve(result);
    });
  } catch (error) {
    const isOfAll = batch.length === 1 || error instanceof DomainError || error instanceof DatabaseUnreachableError;
    if (isOfAll) for (const { reject } of batch) reject(error);
    else for (const one of batch) await serveBatch(serve, [one]);
  }
}
