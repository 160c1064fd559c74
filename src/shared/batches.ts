/** An item that waits for its batch. */
interface Pending<Item, Result> {
  readonly item: Item;
  readonly resolve: (result: Result) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Serves many calls with one: while a batch is under way, further items gather for the next one. A lonely item is served at once.
 *
 * @param serve returns one result for each item, in order; its error becomes the error of every item of the batch
 * @param most largest number of items in a batch
 */
export function inBatches<Item, Result>(
  serve: (items: readonly Item[]) => Promise<readonly Result[]>,
  most: number,
): (item: Item) => Promise<Result> {
  let pending: Pending<Item, Result>[] = [];
  let busy = false;
  const run = async (): Promise<void> => {
    busy = true;
    while (pending.length > 0) {
      const batch = pending.slice(0, most);
      pending = pending.slice(most);
      try {
        const results = await serve(batch.map(({ item }) => item));
        batch.forEach(({ resolve, reject }, index) => {
          const result = results[index];
          if (result === undefined) reject(new Error('invariant broken: a batch has a result for each item'));
          else resolve(result);
        });
      } catch (error) {
        for (const { reject } of batch) reject(error);
      }
    }
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
