import type { Page } from '../../studies/ports/page.ts';

/** A page of rows of which one more was read than it shows: that one says whether there is a next page. */
export function pageOf<Row, Item>(rows: Row[], limit: number, toItem: (row: Row) => Item, key: (row: Row) => string): Page<Item> {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return { items: shown.map(toItem), next: rows.length > limit && last !== undefined ? key(last) : null };
}
