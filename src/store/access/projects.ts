import { isDeepStrictEqual } from 'node:util';
import type { Actor } from '../../access/audit.ts';
import type { AccessStore } from '../../access/ports.ts';
import { type EditableProject, editableProject, type Project, type ProjectChange } from '../../access/project.ts';
import { type Connection, type Database, inTransaction, readsOf } from '../database/database.ts';
import type { ProjectModel } from '../generated/models.ts';
import { insertAudit } from './audit.ts';
import { beginErasure } from './erasure.ts';
import { readUsage } from './usage.ts';

/** Projects, their weights and their quotas, on PostgreSQL. */
export function projectStore(
  database: Database,
): Pick<AccessStore, 'projects' | 'project' | 'insertProject' | 'changeProject' | 'projectUsage' | 'beginErasure'> {
  const find = async (name: string): Promise<Project | null> => {
    const row = await database.project.findUnique({ where: { name } });
    return row && projectFromRow(row);
  };
  return {
    projects: async () => (await database.project.findMany({ orderBy: { name: 'asc' } })).map(projectFromRow),
    project: find,
    insertProject: async (name, actor) => {
      const isNew = await inTransaction(database, (tx) => insertProject(tx, name, actor));
      return isNew ? find(name) : null;
    },
    changeProject: (name, change, actor, expected = null) =>
      inTransaction(database, (tx) => changeProject(tx, name, { change, expected }, actor)),
    projectUsage: (name) => readUsage(readsOf(database), name),
    beginErasure: (name, actor) => beginErasure(database, name, actor),
  };
}

async function insertProject(tx: Connection, name: string, actor: Actor): Promise<boolean> {
  const inserted = await tx.$executeRaw`INSERT INTO project (name) VALUES (${name}) ON CONFLICT (name) DO NOTHING`;
  if (inserted > 0) await insertAudit(tx, { ...actor, action: 'project-created', target: name, project: name, details: {} });
  return inserted > 0;
}

async function changeProject(
  tx: Connection,
  name: string,
  { change, expected }: { readonly change: ProjectChange; readonly expected: EditableProject | null },
  actor: Actor,
): Promise<Project | 'changed' | null> {
  await tx.$queryRaw`SELECT 1 FROM project WHERE name = ${name} FOR NO KEY UPDATE`;
  const found = await tx.project.findUnique({ where: { name } });
  if (!found) return null;
  const before = projectFromRow(found);
  if (expected !== null && !isDeepStrictEqual(editableProject(before), expected)) return 'changed';
  const after = projectFromRow(await tx.project.update({ where: { name }, data: columnsOf(change) }));
  if (isDeepStrictEqual(before, after)) return after;
  const valuesOf = ({ weight, quotas }: Project) => ({ weight, quotas: { ...quotas } });
  const details = { from: valuesOf(before), to: valuesOf(after) };
  await insertAudit(tx, { ...actor, action: 'project-changed', target: name, project: name, details });
  return after;
}

/** Without a quota of bytes nothing measures them, so that the last figure is forgotten. */
function columnsOf({ weight, quotas: { storedBytes, ...quotas } = {} }: ProjectChange) {
  return {
    ...(weight !== undefined && { weight }),
    ...quotas,
    ...(storedBytes !== undefined && { storedBytes: storedBytes === null ? null : BigInt(storedBytes) }),
    ...(storedBytes === null && { bytesUsed: null, measuredAt: null }),
  };
}

function projectFromRow({ name, createdAt, weight, erasingSince, openStudies, trialsPerDay, storedBytes, slots }: ProjectModel): Project {
  const quotas = { openStudies, trialsPerDay, storedBytes: storedBytes === null ? null : Number(storedBytes), slots };
  return { name, createdAt, weight, quotas, erasingSince };
}
