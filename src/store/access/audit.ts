import { z } from 'zod';
import { type AuditEntry, type AuditFilter, type AuditNote, auditActionSchema, auditCallerSchema } from '../../access/audit.ts';
import { newId } from '../../shared/ids.ts';
import type { Page } from '../../shared/page.ts';
import type { Connection } from '../database/database.ts';
import type { AuditEntryModel } from '../generated/models.ts';
import { pageOf } from '../studies/page-of.ts';

/** Records a change, in the transaction that makes it. */
export async function insertAudit(tx: Connection, { details, ...note }: AuditNote): Promise<void> {
  await tx.auditEntry.create({ data: { ...note, id: newId(), details: { ...details } } });
}

/**
 * Records a change of a study or campaign, under the project that it belongs to: an operator may act in another. Called before the row is
 * deleted.
 */
export async function insertAuditOf(
  tx: Connection,
  kind: 'study' | 'campaign',
  note: Omit<AuditNote, 'project' | 'details'>,
): Promise<void> {
  const target = note.target.toLowerCase();
  const only = { where: { id: target }, select: { project: true, name: true, createdBy: true } };
  const row = kind === 'study' ? await tx.study.findUnique(only) : await tx.campaign.findUnique(only);
  await insertAudit(tx, {
    ...note,
    target,
    project: row?.project ?? null,
    details: { name: row?.name ?? null, createdBy: row?.createdBy ?? null },
  });
}

/** Entries of the audit log, newest first. */
export async function readAudit(
  database: Connection,
  { project, action, target, keyId, person, since, until, limit, after }: AuditFilter,
): Promise<Page<AuditEntry>> {
  const where = {
    ...(project !== null && { project }),
    ...(action !== undefined && { action }),
    ...(target !== undefined && { target }),
    ...(keyId !== undefined && { keyId }),
    ...(person !== undefined && { person }),
    at: { ...(since && { gte: since }), ...(until && { lt: until }) },
    ...(after !== undefined && { id: { lt: after } }),
  };
  const rows = await database.auditEntry.findMany({ where, orderBy: { id: 'desc' }, take: limit + 1 });
  return pageOf(rows, limit, entryFromRow, ({ id }) => id);
}

const detailsSchema = z.record(z.string(), z.json());

function entryFromRow({ action, caller, details, ...row }: AuditEntryModel): AuditEntry {
  return {
    ...row,
    action: auditActionSchema.parse(action),
    caller: auditCallerSchema.parse(caller),
    details: detailsSchema.parse(details),
  };
}
