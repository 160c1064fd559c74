import type { AccessStore } from '../../access/ports.ts';
import type { Project, ProjectChange } from '../../access/project.ts';
import { type Database, readsOf } from '../database/database.ts';
import type { ProjectModel } from '../generated/models.ts';
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
    insertProject: async (name) => {
      const inserted = await database.$executeRaw`INSERT INTO project (name) VALUES (${name}) ON CONFLICT (name) DO NOTHING`;
      return inserted === 0 ? null : find(name);
    },
    changeProject: async (name, change) => {
      const { count } = await database.project.updateMany({ where: { name }, data: columnsOf(change) });
      return count === 0 ? null : find(name);
    },
    projectUsage: (name) => readUsage(readsOf(database), name),
    beginErasure: (name) => beginErasure(database, name),
  };
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
