import { z } from 'zod';
import type { Actor } from '../../access/audit.ts';
import { defaultProject } from '../../access/project.ts';
import { type Connection, type Database, inTransaction } from '../database/database.ts';
import { Prisma } from '../generated/client.ts';
import { insertAudit } from './audit.ts';

/** Rows that one statement deletes: some tens of milliseconds. */
const rowsAtOnce = 500;

/** A table of which a project has rows. */
interface ErasedTable {
  readonly table: string;
  /** Deletes at most `most` rows of a project. The number of rows that it affects is 0 once there are none. */
  readonly erase: (project: string, most: number) => Prisma.Sql;
}

/**
 * All that a project has, in the order in which it is deleted: what refers to something goes before it. A new table with rows of a project
 * is one more entry. Rows that others refer to with ON DELETE CASCADE take those along.
 */
export const erasedTables: readonly ErasedTable[] = [
  { table: 'access_key', erase: (project, most) => byId('access_key', project, most) },
  {
    table: 'webhook_delivery',
    erase: (project, most) => Prisma.sql`
      DELETE FROM webhook_delivery WHERE id IN (
        SELECT delivery.id FROM webhook JOIN webhook_delivery AS delivery ON delivery.webhook_id = webhook.id
        WHERE webhook.project = ${project} LIMIT ${most}::int
      )`,
  },
  { table: 'webhook', erase: (project, most) => byId('webhook', project, most) },
  { table: 'trial', erase: eraseTrials },
  {
    table: 'study_event',
    erase: (project, most) => Prisma.sql`
      DELETE FROM study_event USING (
        SELECT event.study_id, event.sequence FROM study CROSS JOIN LATERAL (
          SELECT study_id, sequence FROM study_event WHERE study_id = study.id ORDER BY sequence LIMIT ${most}::int
        ) AS event
        WHERE study.project = ${project} LIMIT ${most}::int
      ) AS taken
      WHERE study_event.study_id = taken.study_id AND study_event.sequence = taken.sequence`,
  },
  { table: 'study', erase: (project, most) => byId('study', project, Math.ceil(most / 10)) },
  { table: 'campaign', erase: (project, most) => byId('campaign', project, most) },
  {
    table: 'created_request',
    // Its callers are named after their projects (see `callerName` in http/idempotency-key.ts).
    erase: (project) => {
      const caller = project === defaultProject ? '' : project;
      return Prisma.sql`DELETE FROM created_request WHERE caller = ${caller} OR caller LIKE ${`${caller} %`}`;
    },
  },
];

function byId(table: string, project: string, most: number): Prisma.Sql {
  const name = Prisma.raw(`"${table}"`);
  return Prisma.sql`DELETE FROM ${name} WHERE id IN (SELECT id FROM ${name} WHERE project = ${project} ORDER BY id LIMIT ${most}::int)`;
}

/** Trials with their results and the rows of their checkpoints, unless another trial has the same result key. Files follow their rows. */
function eraseTrials(project: string, most: number): Prisma.Sql {
  return Prisma.sql`
    WITH taken AS (
      SELECT trial.id, trial.result_key FROM study CROSS JOIN LATERAL (
        SELECT id, result_key FROM trial WHERE study_id = study.id ORDER BY number LIMIT ${most}::int
      ) AS trial
      WHERE study.project = ${project} LIMIT ${most}::int
    ), orphaned AS (
      SELECT DISTINCT result_key FROM taken WHERE result_key IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM trial WHERE trial.result_key = taken.result_key AND trial.id NOT IN (SELECT id FROM taken)
      )
    ), results AS (
      DELETE FROM step_result USING orphaned WHERE step_result.result_key = orphaned.result_key
    ), checkpoints AS (
      DELETE FROM step_checkpoint USING orphaned WHERE step_checkpoint.result_key = orphaned.result_key
    ), environments AS (
      DELETE FROM training_environment USING orphaned WHERE training_environment.result_key = orphaned.result_key
    )
    DELETE FROM trial USING taken WHERE trial.id = taken.id`;
}

/** The studies and campaigns of a project that have not ended. */
export interface OpenWork {
  readonly studies: number;
  readonly campaigns: number;
}

/**
 * Begins to erase a project: from then on nothing is created in it, and `eraseSome` deletes what it has. Begun already, nothing changes.
 *
 * @returns its open studies and campaigns, if there are any: then nothing changes; null if there is no such project
 */
export function beginErasure(database: Database, project: string, actor: Actor): Promise<'begun' | OpenWork | null> {
  return inTransaction(database, async (tx) => {
    // Waits for the transactions that create something in it.
    const [found] = await tx.$queryRaw<{ erasing: boolean }[]>`
      SELECT erasing_since IS NOT NULL AS erasing FROM project WHERE name = ${project} FOR UPDATE`;
    if (!found) return null;
    if (found.erasing) return 'begun';
    const open = { project, state: { in: ['active', 'paused'] } };
    const work = { studies: await tx.study.count({ where: open }), campaigns: await tx.campaign.count({ where: open }) };
    if (work.studies + work.campaigns > 0) return work;
    await tx.$executeRaw`UPDATE project SET erasing_since = clock_timestamp() WHERE name = ${project}`;
    await tx.accessKey.deleteMany({ where: { project } });
    await insertAudit(tx, { ...actor, action: 'project-erased', target: project, project, details: {} });
    return 'begun';
  });
}

const nameSchema = z.array(z.object({ name: z.string() }));

/**
 * Deletes a part of what the projects have that are being erased, in one small transaction. In the end the project is removed; the first
 * one stays, empty. A process that dies leaves the rest to the next call of any process.
 *
 * @returns true if there may be more
 */
export function eraseSome(database: Database, most = rowsAtOnce): Promise<boolean> {
  return inTransaction(database, async (tx) => {
    const rows = await tx.$queryRaw`
      SELECT name FROM project WHERE erasing_since IS NOT NULL ORDER BY erasing_since, name LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED`;
    const [next] = nameSchema.parse(rows);
    if (!next) return false;
    for (const { erase } of erasedTables) if ((await tx.$executeRaw`${erase(next.name, most)}`) > 0) return true;
    if (await eraseEvents(tx, next.name)) return true;
    await removeEmpty(tx, next.name);
    return true;
  });
}

/** Rows of the outbox that one statement looks at. They are found by their numbers: an index of projects would cost every event. */
const eventsAtOnce = 20_000;

/** Deletes some events of a project, after all else of it: what is deleted is an event, too. @returns false if there are none left */
async function eraseEvents(tx: Connection, project: string): Promise<boolean> {
  const rows = await tx.$queryRaw`
    SELECT GREATEST(erased_through, oldest - 1) AS after, LEAST(GREATEST(erased_through, oldest - 1) + ${eventsAtOnce}::int, latest) AS through
    FROM project CROSS JOIN (SELECT COALESCE(min(sequence), 1) AS oldest, COALESCE(max(sequence), 0) AS latest FROM outbox) AS bounds
    WHERE name = ${project}`;
  const [range] = rangeSchema.parse(rows);
  if (!range || range.after >= range.through) return false;
  await tx.$executeRaw`DELETE FROM outbox WHERE sequence > ${range.after} AND sequence <= ${range.through} AND project = ${project}`;
  await tx.project.update({ where: { name: project }, data: { erasedThrough: range.through } });
  return true;
}

const rangeSchema = z.array(z.object({ after: z.bigint(), through: z.bigint() }));

async function removeEmpty(tx: Connection, project: string): Promise<void> {
  if (project === defaultProject)
    await tx.project.update({ where: { name: project }, data: { erasingSince: null, erasedThrough: 0, bytesUsed: null } });
  else await tx.project.delete({ where: { name: project } });
}
