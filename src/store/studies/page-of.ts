import type { Page } from '../../shared/page.ts';

/** Makes a page from rows that include one more than its limit: the extra row tells if a next page exists. */
export function pageOf<Row, Item>(rows: Row[], limit: number, toItem: (row: Row) => Item, key: (row: Row) => string): Page<Item> {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return { items: shown.map(toItem), next: rows.length > limit && last !== undefined ? key(last) : null };
}
