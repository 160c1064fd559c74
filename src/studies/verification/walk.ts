import { ZodError } from 'zod';
import type { Page } from '../ports.ts';
import type { Findings } from './findings.ts';

/** Items of a page: little enough to be in memory, and to be looked at before a database loses patience with its reader. */
const pageSize = 200;

/** A list that is read page by page. */
export interface PagedList<Item> {
  /** What its items are called in differences: `trials`, `events`, `checkpoints`. */
  readonly name: string;
  /** `after` is the key of the last item of the page before. */
  readonly page: (limit: number, after: number | undefined) => Promise<Page<Item>>;
  readonly keyOf: (item: Item) => number;
}

/** Reads a list in order. An item that cannot be read is a difference, and the list goes on after it. */
export async function* walked<Item>({ name, page, keyOf }: PagedList<Item>, findings: Findings): AsyncGenerator<Item> {
  let after: number | undefined;
  let limit = pageSize;
  for (let more = true; more && !findings.full(); ) {
    const read = await readable(() => page(limit, after));
    if ('page' in read) {
      yield* read.page.items;
      const last = read.page.items.at(-1);
      if (last !== undefined) after = keyOf(last);
      more = read.page.next !== null && last !== undefined;
    } else if (limit > 1) limit = 1;
    else {
      // The one item after `after`: the items of a study have no gaps.
      after = (after ?? -1) + 1;
      findings.add({ where: `${name}/${after}`, expected: 'something that can be read', found: 'something else', detail: read.reason });
      limit = pageSize;
    }
  }
}

async function readable<Item>(read: () => Promise<Page<Item>>): Promise<{ page: Page<Item> } | { reason: string }> {
  try {
    return { page: await read() };
  } catch (error) {
    if (!(error instanceof ZodError)) throw error;
    const [issue] = error.issues;
    return { reason: `what is stored is not what any version stores: ${issue?.path.join('/') ?? ''} ${issue?.message ?? error.message}` };
  }
}
