import { z } from 'zod';
import { invariant } from '../../shared/errors.ts';
import { parameterValueSchema } from '../../space/schema.ts';
import { type ListFilter, type ListSort, placeText } from '../../studies/ports/list.ts';
import { Prisma } from '../generated/client.ts';
import { numberFrom } from './counters.ts';
import { ranksInStudy } from './leaderboard.ts';

/** The clauses of a list of studies or campaigns: its rows, one more than the page has, in order. */
export interface Listed {
  readonly where: Prisma.Sql;
  readonly order: Prisma.Sql;
}

const orders: Readonly<Record<ListSort, Prisma.Sql>> = {
  newest: Prisma.sql`id DESC`,
  oldest: Prisma.sql`id`,
  updated: Prisma.sql`updated_at DESC, id DESC`,
  name: Prisma.sql`name, id`,
};

/** Builds the clauses of a list. Ids are in the order of creation. @param more conditions of one of the tables */
export function listed(
  { project, states, name, createdAfter, createdBefore, sort = 'newest', after }: ListFilter,
  more: readonly Prisma.Sql[] = [],
): Listed {
  const conditions = [
    Prisma.sql`project = ${project}`,
    ...(states ? [Prisma.sql`state IN (${Prisma.join([...states])})`] : []),
    ...(name === undefined ? [] : [Prisma.sql`name = ${name}`]),
    ...(createdAfter ? [Prisma.sql`created_at > ${createdAfter}::timestamptz`] : []),
    ...(createdBefore ? [Prisma.sql`created_at < ${createdBefore}::timestamptz`] : []),
    ...(after ? [beyond(sort, after)] : []),
    ...more,
  ];
  return { where: Prisma.join(conditions, ' AND '), order: orders[sort] };
}

function beyond(sort: ListSort, { id, value }: NonNullable<ListFilter['after']>): Prisma.Sql {
  if (sort === 'newest') return Prisma.sql`id < ${id}::uuid`;
  if (sort === 'oldest') return Prisma.sql`id > ${id}::uuid`;
  invariant(value !== undefined, `a place in the order ${sort} has a value`);
  if (sort === 'updated') return Prisma.sql`(updated_at, id) < (${value}::timestamptz, ${id}::uuid)`;
  return Prisma.sql`(name, id) > (${value}, ${id}::uuid)`;
}

/** Returns a function that formats the place of a row for the next page. */
export function placeAt(sort: ListSort = 'newest') {
  return ({ id, name, updated_at }: { readonly id: string; readonly name: string; readonly updated_at: Date }): string => {
    if (sort === 'newest' || sort === 'oldest') return placeText({ id });
    return placeText({ id, value: sort === 'updated' ? updated_at.toISOString() : name });
  };
}

/** Counts the finished trials of the row `study` from `observed` on, where there are few. All trials below have ended and count. */
export const finishedFromObserved = Prisma.sql`
  SELECT count(*)::int AS finished FROM trial
  WHERE trial.study_id = study.id AND ${numberFrom(Prisma.sql`study.observed`)} AND trial.state IN ('completed', 'pruned', 'failed')`;

/** The best trial of the row `study` that counts, the first of the index `trial_leaderboard`. */
export const bestOfStudy = Prisma.sql`
  SELECT trial.score,
    jsonb_build_object('trialId', trial.id, 'number', trial.number, 'value', trial.value, 'parameters', trial.parameters) AS trial
  FROM trial
  WHERE ${ranksInStudy} AND trial.score IS NOT NULL
  ORDER BY trial.score DESC NULLS LAST, trial.violation, trial.number LIMIT 1`;

/** Reads the trial of `bestOfStudy`. */
export const bestTrialSchema = z.object({
  trialId: z.string(),
  number: z.int(),
  value: z.number(),
  parameters: z.record(z.string(), parameterValueSchema),
});
