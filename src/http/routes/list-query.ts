import { z } from 'zod';
import { pageQuery } from '../../api/page.ts';
import { describedEnum } from '../../shared/described-enum.ts';
import { labelNameSchema, withoutControlCharacters } from '../../studies/definition/definition.ts';
import { studyStateSchema } from '../../studies/model/states.ts';
import type { ListFilter } from '../../studies/ports/reader.ts';

/** One value of a parameter that may be repeated, or several. */
function repeated<Item extends z.ZodType>(item: Item, description: string) {
  return z
    .preprocess((value) => (typeof value === 'string' ? [value] : value), z.array(item).min(1).max(20).optional())
    .describe(description);
}

const sortSchema = describedEnum(['newest', 'oldest'], { newest: 'the newest first.', oldest: 'the oldest first.' }, 'Order by creation.');
const noCampaignSchema = describedEnum(['none'], { none: 'only studies that are no part of a campaign.' });

const labelSchema = z
  .string()
  .max(300)
  .refine((text) => labelNameSchema.safeParse(nameAndValue(text).name).success, {
    error: 'must be a label name, or a name and a value as in team=search',
  });

/** Query parameters of a list of studies or campaigns. @param what the plural noun for the document */
export function listQueryOf(what: string) {
  return z.strictObject({
    state: repeated(studyStateSchema, `Only ${what} in this state; repeat the parameter for several states.`),
    name: z
      .string()
      .min(1)
      .max(200)
      .regex(withoutControlCharacters, 'contains control characters')
      .optional()
      .describe(`Only ${what} with exactly this name.`),
    createdAfter: z.iso.datetime({ offset: true }).optional().describe(`Only ${what} that were created after this time (RFC 3339).`),
    createdBefore: z.iso.datetime({ offset: true }).optional().describe(`Only ${what} that were created before this time (RFC 3339).`),
    sort: sortSchema.default('newest'),
    ...pageQuery,
  });
}

/** Query parameters of the list of studies. */
export const studiesQuery = listQueryOf('studies').extend({
  campaign: z.union([noCampaignSchema, z.uuid()]).optional().describe('An id: only the parts of this campaign.'),
  label: repeated(
    labelSchema,
    'Only studies with this label: `team` (with any value) or `team=search`; repeat the parameter for several labels, which must all be there.',
  ),
});

/** The filter that a query asks for. */
export function filterOf({
  state,
  name,
  createdAfter,
  createdBefore,
  sort,
}: Omit<z.output<ReturnType<typeof listQueryOf>>, 'limit' | 'cursor'>): Omit<ListFilter, 'limit' | 'after'> {
  return {
    states: state,
    name,
    createdAfter: createdAfter === undefined ? undefined : new Date(createdAfter),
    createdBefore: createdBefore === undefined ? undefined : new Date(createdBefore),
    oldestFirst: sort === 'oldest',
  };
}

/** Splits `team=search`; a label without a value may have any. */
export function nameAndValue(text: string): { readonly name: string; readonly value: string | null } {
  const end = text.indexOf('=');
  return end < 0 ? { name: text, value: null } : { name: text.slice(0, end), value: text.slice(end + 1) };
}
