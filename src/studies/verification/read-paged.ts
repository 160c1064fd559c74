import { setImmediate } from 'node:timers/promises';
import type { Page } from '../../shared/page.ts';
import type { Findings } from './findings.ts';
import { tryParse } from './try-parse.ts';

/** Page size. Reading and parsing one page blocks the event loop for about 10 ms. */
const pageSize = 100;
/** Items between two pauses. Each is hashed and compared: some milliseconds together. */
const itemsAtOnce = 20;

/** A paged list. */
export interface PagedList<Item> {
  /** Name of its items in differences: `trials`, `events`, `checkpoints`. */
  readonly name: string;
  /** `after` is the key of the last item of the page before. */
  readonly page: (limit: number, after: number | undefined) => Promise<Page<Item>>;
  readonly keyOf: (item: Item) => number;
}

/** Reads a list in order; yields to the event loop between pages. An unreadable item is a difference, and reading continues after it. */
export async function* readPaged<Item>({ name, page, keyOf }: PagedList<Item>, findings: Findings): AsyncGenerator<Item> {
  let after: number | undefined;
  let limit = pageSize;
  for (let more = true; more && !findings.full(); ) {
    const read = await tryParse(() => page(limit, after));
    if ('value' in read) {
      const { items, next } = read.value;
      yield* withPauses(items);
      const last = items.at(-1);
      if (last !== undefined) after = keyOf(last);
      more = next !== null && last !== undefined;
    } else if (limit > 1) limit = 1;
    else {
      // The one item after `after`: the items of a study have no gaps.
      after = (after ?? -1) + 1;
      const detail = `what is stored is not what any version stores: ${read.unreadable}`;
      findings.add({ where: `${name}/${after}`, expected: 'something that can be read', found: 'something else', detail });
      limit = pageSize;
    }
  }
}

async function* withPauses<Item>(items: readonly Item[]): AsyncGenerator<Item> {
  for (const [index, item] of items.entries()) {
    if (index % itemsAtOnce === 0) await setImmediate();
    yield item;
  }
}
