import { z } from 'zod';
import { digestOf } from '../shared/digest.ts';
import type { Page } from '../studies/ports/page.ts';
import { HttpProblem } from './http-problem.ts';

/** What a cursor belongs to: a list and its filters. Filters that are undefined are absent. */
export interface CursorScope {
  readonly list: string;
  readonly filters: Readonly<Record<string, string | number | undefined>>;
}

/** Keys of lists in order of number: what PostgreSQL's `int` holds. */
export const numberKey = z
  .string()
  .regex(/^\d{1,10}$/)
  .transform(Number)
  .pipe(z.int().max(2_147_483_647));
/** Keys of lists in order of id. */
export const idKey = z.uuid();

/** A page as a response shows it; its cursor holds only for the same list and filters. */
export function pageResponse<Item, Shown>(page: Page<Item>, scope: CursorScope, represent: (item: Item) => Shown) {
  return { items: page.items.map(represent), nextCursor: page.next === null ? null : cursorFor(page.next, scope) };
}

/**
 * The key that a cursor stands for. The digest in it guards against mistakes, not against forgery: whoever forges one
 * sees nothing but the same list from another place.
 *
 * @throws HttpProblem `invalid-cursor`
 */
export function keyOf<Key>(cursor: string | undefined, scope: CursorScope, key: z.ZodType<Key>): Key | undefined {
  if (cursor === undefined) return undefined;
  const text = Buffer.from(cursor.split('.')[0] ?? '', 'base64url').toString('utf8');
  const parsed = key.safeParse(text);
  if (cursor !== cursorFor(text, scope) || !parsed.success) {
    throw new HttpProblem('invalid-cursor', 'the cursor is not one of this list with these filters', [
      { parameter: 'cursor', detail: 'is not a nextCursor of this list with these filters' },
    ]);
  }
  return parsed.data;
}

function cursorFor(key: string, { list, filters }: CursorScope): string {
  const given = Object.fromEntries(Object.entries(filters).filter(([, value]) => value !== undefined));
  return `${Buffer.from(key).toString('base64url')}.${digestOf({ list, filters: given, key }).slice(0, 16)}`;
}
