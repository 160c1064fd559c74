import type { ListFilter, StudyFilter } from '../../studies/ports/reader.ts';
import type { Prisma } from '../generated/client.ts';

/** The condition of a list of studies or campaigns. Ids ascend with the time of creation. */
export function listWhere({ states, name, createdAfter, createdBefore, oldestFirst, after }: ListFilter) {
  return {
    ...(states && { state: { in: [...states] } }),
    ...(name !== undefined && { name }),
    ...((createdAfter || createdBefore) && {
      createdAt: { ...(createdAfter && { gt: createdAfter }), ...(createdBefore && { lt: createdBefore }) },
    }),
    ...(after !== undefined && { id: oldestFirst ? { gt: after } : { lt: after } }),
  };
}

/** The order of a list and its limit, with one row more to know whether another page follows. */
export function listOrder({ oldestFirst, limit }: ListFilter) {
  return { orderBy: { id: oldestFirst ? ('asc' as const) : ('desc' as const) }, take: limit + 1 };
}

/** The condition of a list of studies. */
export function studiesWhere({ campaign, labels = [], ...filter }: StudyFilter): Prisma.StudyWhereInput {
  return {
    ...listWhere(filter),
    ...(campaign !== undefined && { campaignId: campaign }),
    ...(labels.length > 0 && { AND: labels.map(labelWhere) }),
  };
}

function labelWhere({ name, value }: { readonly name: string; readonly value: string | null }): Prisma.StudyWhereInput {
  return { labels: { path: [name], ...(value === null ? { string_starts_with: '' } : { equals: value }) } };
}
