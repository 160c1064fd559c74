import { z } from 'zod';
import { digestOf } from '../shared/digest.ts';
import type { Page } from '../shared/page.ts';
import { HttpProblem } from './http-problem.ts';

/** The list and the filters that a cursor is valid for. Undefined filters are ignored. */
export interface CursorScope {
  readonly list: string;
  readonly filters: Readonly<Record<string, string | number | readonly string[] | undefined>>;
}

/** Key of lists that are ordered by number, within the range of PostgreSQL's `int`. */
export const numberKey = z
  .string()
  .regex(/^\d{1,10}$/)
  .transform(Number)
  .pipe(z.int().max(2_147_483_647));

/** Builds the response for a page. Its cursor is valid only for the same list and filters. */
export function pageResponse<Item, Shown>(page: Page<Item>, scope: CursorScope, represent: (item: Item) => Shown) {
  return { items: page.items.map(represent), nextCursor: page.next === null ? null : cursorFor(page.next, scope) };
}

/**
 * Returns the key in a cursor. The digest in a cursor guards against mistakes, not against forgery: a forged cursor only
 * starts the same list at another place.
 *
 * @throws HttpProblem `invalid-cursor`
 */
export function keyOf<Key>(cursor: string | undefined, scope: CursorScope, key: z.ZodType<Key>): Key | undefined {
  if (cursor === undefined) return undefined;
  const text = Buffer.from(cursor.split('.')[0] ?? '', 'base64url').toString('utf8');
  const parsed = key.safeParse(text);
  if (cursor !== cursorFor(text, scope) || !parsed.success || text.includes('\u0000')) {
    throw new HttpProblem('invalid-cursor', 'the cursor does not belong to this list with these filters', [
      { parameter: 'cursor', detail: 'is not a nextCursor of this list with these filters' },
    ]);
  }
  return parsed.data;
}

function cursorFor(key: string, { list, filters }: CursorScope): string {
  const given = Object.fromEntries(Object.entries(filters).filter(([, value]) => value !== undefined));
  return `${Buffer.from(key).toString('base64url')}.${digestOf({ list, filters: given, key }).slice(0, 16)}`;
}
