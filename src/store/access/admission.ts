import { z } from 'zod';
import { quotaExceeded } from '../../access/quota.ts';
import { DomainError } from '../../shared/errors.ts';
import { type Connection, readsOf } from '../database/database.ts';
import { Prisma } from '../generated/client.ts';
import { readSpent } from './project-limits.ts';
import { openStudies } from './usage.ts';

const ownerSchema = z.array(z.object({ erasing: z.boolean() }));

/**
 * Admits a new study or campaign to a project: called before its first row is inserted. The project cannot be erased until the
 * transaction ends.
 *
 * @throws DomainError `project-not-found`; `project-erasing`; `quota-exceeded`
 */
export async function admitTo(tx: Connection, project: string): Promise<void> {
  if (!(await keepProject(tx, project))) throw new DomainError('project-not-found', `there is no project ${project}`);
  const spent = await readSpent(readsOf(tx), project);
  if (spent) throw quotaExceeded(spent);
}

/**
 * Keeps a project from being erased until the transaction ends. @returns false if there is no such project
 *
 * @throws DomainError `project-erasing`
 */
export async function keepProject(tx: Connection, project: string): Promise<boolean> {
  const rows = await tx.$queryRaw`SELECT erasing_since IS NOT NULL AS erasing FROM project WHERE name = ${project} FOR KEY SHARE`;
  const [owner] = ownerSchema.parse(rows);
  if (owner?.erasing) throw projectErasing(project);
  return owner !== undefined;
}

function projectErasing(project: string): DomainError {
  return new DomainError('project-erasing', `all that the project ${project} has is being deleted: wait until that is done`);
}

const openSchema = z.array(z.object({ used: z.number(), limit: z.number() }));

/**
 * Checks, before a transaction that opened studies commits, that they are not too many. Transactions of one project wait here for each
 * other, so that two at once cannot both take its last place.
 *
 * @throws DomainError `quota-exceeded`
 */
export async function checkOpenStudies(tx: Connection, project: string): Promise<void> {
  const limited = await tx.$queryRaw<unknown[]>`SELECT 1 FROM project WHERE name = ${project} AND open_studies IS NOT NULL`;
  if (limited.length === 0) return;
  await tx.$queryRaw`SELECT pg_advisory_xact_lock(hashtextextended('clavier: open studies of ' || ${project}, 0))::text`;
  const rows = await tx.$queryRaw`
    SELECT ${openStudies(Prisma.sql`project.name`)} AS used, open_studies AS limit FROM project WHERE name = ${project} AND open_studies IS NOT NULL`;
  const [found] = openSchema.parse(rows);
  if (found && found.used > found.limit) throw quotaExceeded({ project, quota: 'openStudies', ...found });
}
