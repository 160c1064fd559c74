import type { AccessKey } from '../../access/key.ts';
import type { AccessStore } from '../../access/ports.ts';
import { scopeSchema } from '../../access/scope.ts';
import type { Database } from '../database/database.ts';
import type { AccessKeyModel } from '../generated/models.ts';
import { pageOf } from '../studies/page-of.ts';
import { projectStore } from './projects.ts';

/** Keys and projects on PostgreSQL. */
export function accessStore(database: Database): AccessStore {
  const { accessKey, project, study, campaign, trial } = database;
  const living = () => ({ revokedAt: null, OR: [{ expiresAt: null }, { expiresAt: { gt: new Date() } }] });
  const find = async (where: { readonly id: string } | { readonly digest: Uint8Array<ArrayBuffer> }) => {
    const row = await accessKey.findUnique({ where });
    return row && keyFromRow(row);
  };
  return {
    keyByDigest: (digest) => find({ digest: Uint8Array.from(digest) }),
    key: (id) => find({ id }),
    keys: async ({ project: owner, limit, after }) => {
      const where = { ...(owner !== null && { project: owner }), ...(after !== undefined && { id: { lt: after } }) };
      const rows = await accessKey.findMany({ where, orderBy: { id: 'desc' }, take: limit + 1 });
      return pageOf(rows, limit, keyFromRow, ({ id }) => id);
    },
    insertKey: async ({ digest, scopes, ...key }) => {
      if (key.project !== null && !(await project.findUnique({ where: { name: key.project } }))) return null;
      return keyFromRow(await accessKey.create({ data: { ...key, scopes: [...scopes], digest: Uint8Array.from(digest) } }));
    },
    revokeKey: async (id) => {
      await database.$executeRaw`UPDATE access_key SET revoked_at = clock_timestamp() WHERE id = ${id}::uuid AND revoked_at IS NULL`;
      return find({ id });
    },
    noteUse: async (ids) => {
      if (ids.length > 0) await accessKey.updateMany({ where: { id: { in: [...ids] } }, data: { lastUsedAt: new Date() } });
    },
    hasAdministrator: async () => (await accessKey.findFirst({ where: { ...living(), scopes: { has: 'admin' } } })) !== null,
    hasKeys: async () => (await accessKey.findFirst({ select: { id: true } })) !== null,
    ...projectStore(database),
    projectOf: async (kind, id) => {
      const only = { where: { id }, select: { project: true } };
      if (kind === 'study') return (await study.findUnique(only))?.project ?? null;
      if (kind === 'campaign') return (await campaign.findUnique(only))?.project ?? null;
      return (await trial.findUnique(only))?.project ?? null;
    },
  };
}

function keyFromRow({ digest: _digest, scopes, ...row }: AccessKeyModel): AccessKey {
  return { ...row, scopes: scopes.map((scope) => scopeSchema.parse(scope)) };
}
