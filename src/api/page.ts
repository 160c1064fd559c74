import { z } from 'zod';

/** A whole number in a query, digits only: `?limit=` and `?limit=1e1` are errors, not 0 and 10. */
export function queryInteger<Schema extends z.ZodType<number | undefined>>(schema: Schema) {
  return z.preprocess((value) => (typeof value === 'string' && /^-?\d{1,15}$/.test(value) ? Number(value) : value), schema);
}

/** Query parameters of every list. */
export const pageQuery = {
  limit: queryInteger(z.int().min(1).max(200).default(50)).describe('Largest number of items in the page, 1 to 200.'),
  cursor: z.string().max(1500).optional().describe('`nextCursor` of the page before, with the same filters. Default: the first page.'),
};

/** A page of a list. Follow `nextCursor` until it is null. */
export function pageOf<Item extends z.ZodType>(id: string, item: Item) {
  return z
    .strictObject({
      items: z.array(item).describe('The items of the page, in the order of the list.'),
      nextCursor: z.string().nullable().describe('Cursor of the next page; null at the end of the list.'),
    })
    .meta({ id, description: 'A page of a list. Follow nextCursor until it is null.' });
}

/** A time as RFC 3339 text, by the database's clock. */
export function moment(description: string) {
  return z.string().meta({ format: 'date-time', description });
}
