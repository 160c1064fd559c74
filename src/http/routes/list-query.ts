import { z } from 'zod';
import type { Caller } from '../../access/caller.ts';
import { pageQuery } from '../../api/page.ts';
import { describedEnum } from '../../shared/described-enum.ts';
import { labelNameSchema, withoutControlCharacters } from '../../studies/definition/definition.ts';
import { studyStateSchema } from '../../studies/model/states.ts';
import { type ListPlace, type ListSort, listSorts, placeOf } from '../../studies/ports/list.ts';
import { type CursorScope, keyOf } from '../cursor.ts';

/** A parameter that may appear several times: one value is a list of one. */
export function repeated<Schema extends z.ZodType>(schema: Schema) {
  return z.preprocess((value) => (typeof value === 'string' ? [value] : value), z.array(schema).min(1).max(20).optional());
}

const sortSchema = describedEnum(
  listSorts,
  {
    newest: 'the newest first.',
    oldest: 'the oldest first.',
    updated: 'the one that progressed or changed its state last first; while they do, a later page can repeat some or leave some out.',
    name: 'by name, of equal names the oldest first.',
  },
  'Order of the list.',
);
const noCampaignSchema = describedEnum(['none'], { none: 'only studies that are no part of a campaign.' });
/** A time in a query, within the years that the database and ECMAScript write alike. */
export const momentSchema = z.iso
  .datetime({ offset: true, error: 'must be a time such as 2026-11-24T12:00:00Z' })
  .refine((text) => inRange(new Date(text)), { error: 'must be in the years 1970 to 9999, in UTC' });

/** PostgreSQL has no year 0, and ECMAScript writes years above 9999 in another form. */
function inRange(moment: Date): boolean {
  return moment.getUTCFullYear() >= 1970 && moment.getUTCFullYear() <= 9999;
}

const labelSchema = z
  .string()
  .max(300)
  .refine((text) => labelNameSchema.safeParse(labelOf(text).name).success, {
    error: 'must be a label name, or a name and a value as in team=search',
  });

/** Splits `team=search`; a label without a value may have any. */
function labelOf(text: string): { readonly name: string; readonly value: string | null } {
  const end = text.indexOf('=');
  return end < 0 ? { name: text, value: null } : { name: text.slice(0, end), value: text.slice(end + 1) };
}

/** Query parameters of a list of studies or campaigns. @param what the plural noun for the document */
export function listQueryOf(what: string) {
  return z.strictObject({
    state: repeated(studyStateSchema).describe(`Only ${what} in this state; repeat the parameter for several states.`),
    name: z
      .string()
      .min(1)
      .max(200)
      .regex(withoutControlCharacters, 'contains control characters')
      .optional()
      .describe(`Only ${what} with exactly this name.`),
    createdAfter: momentSchema.optional().describe(`Only ${what} that were created after this time (RFC 3339).`),
    createdBefore: momentSchema.optional().describe(`Only ${what} that were created before this time (RFC 3339).`),
    label: repeated(labelSchema).describe(
      `Only ${what} with this label: \`team\` (with any value) or \`team=search\`; repeat the parameter for several labels, which must all be there.`,
    ),
    sort: sortSchema.default('newest'),
    ...pageQuery,
  });
}

/** Query parameters of the list of studies. */
export const studyListQuery = listQueryOf('studies').extend({
  campaign: z
    .union([noCampaignSchema, z.uuid()], { error: 'must be none or the id of a campaign' })
    .optional()
    .describe('An id: only the parts of this campaign.'),
});

type ListQuery = z.output<ReturnType<typeof listQueryOf>>;

/** Returns the filters that a list has in common, and the place where the page begins. @throws HttpProblem `invalid-cursor` */
export function listFilterOf(
  { state: states, name, createdAfter, createdBefore, label, sort, limit, cursor }: ListQuery,
  scope: CursorScope,
  { project }: Caller,
) {
  return {
    project,
    states,
    name,
    ...(createdAfter !== undefined && { createdAfter: new Date(createdAfter) }),
    ...(createdBefore !== undefined && { createdBefore: new Date(createdBefore) }),
    labels: label?.map(labelOf),
    sort,
    limit,
    after: keyOf(cursor, scope, placeSchemas[sort]),
  };
}

/** The filters as texts: a cursor is valid with the same filters only. */
export function listScope(list: string, { cursor: _cursor, limit: _limit, ...filters }: ListQuery & Record<string, unknown>): CursorScope {
  return { list, filters: Object.fromEntries(Object.entries(filters).map(([name, value]) => [name, textOf(value)])) };
}

function textOf(value: unknown): string | undefined {
  return value === undefined || typeof value === 'string' ? value : JSON.stringify(value);
}

const placeOfId: z.ZodType<ListPlace> = z.uuid().transform(placeOf);
const placeSchemas: Readonly<Record<ListSort, z.ZodType<ListPlace>>> = {
  newest: placeOfId,
  oldest: placeOfId,
  updated: placeWith(momentSchema),
  name: placeWith(z.string().max(200)),
};

function placeWith(value: z.ZodType<string, string | undefined>): z.ZodType<ListPlace> {
  return z
    .string()
    .transform(placeOf)
    .pipe(z.object({ id: z.uuid(), value }));
}
