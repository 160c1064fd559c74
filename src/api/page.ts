import { z } from 'zod';

/** A whole number from the query. Only digits count as one: `?limit=` and `?limit=1e1` are faults, not 0 and 10. */
export function queryInteger<Schema extends z.ZodType<number | undefined>>(schema: Schema) {
  return z.preprocess((value) => (typeof value === 'string' && /^-?\d{1,15}$/.test(value) ? Number(value) : value), schema);
}

/** How a page of a list is asked for. */
export const pageQuery = {
  limit: queryInteger(z.int().min(1).max(200).default(50)).describe('Most items of a page, 1 to 200.'),
  cursor: z.string().max(500).optional().describe('`nextCursor` of the page before, with the same filters. Absent: the first page.'),
};

/** A page of a list. Follow `nextCursor` until it is null. */
export function pageOf<Item extends z.ZodType>(id: string, item: Item) {
  return z
    .strictObject({
      items: z.array(item),
      nextCursor: z.string().nullable().describe('Where the next page starts; null at the end of the list.'),
    })
    .meta({ id, description: 'A page of a list. Follow nextCursor until it is null.' });
}

/** A moment as RFC 3339 text, by the database's clock. */
export function moment(description: string) {
  return z.string().meta({ format: 'date-time', description });
}
