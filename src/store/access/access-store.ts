import type { Actor } from '../../access/audit.ts';
import type { AccessKey } from '../../access/key.ts';
import type { AccessStore, NewKey } from '../../access/ports.ts';
import { scopeSchema } from '../../access/scope.ts';
import { type Connection, type Database, inTransaction } from '../database/database.ts';
import type { AccessKeyModel } from '../generated/models.ts';
import { pageOf } from '../studies/page-of.ts';
import { keepProject } from './admission.ts';
import { insertAudit, readAudit } from './audit.ts';
import { projectStore } from './projects.ts';

/** Keys and projects on PostgreSQL. */
export function accessStore(database: Database): AccessStore {
  const { accessKey, study, campaign, trial } = database;
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
    insertKey: (key, actor) => inTransaction(database, (tx) => insertKey(tx, key, actor)),
    revokeKey: async (id, actor) => {
      await inTransaction(database, (tx) => revokeKey(tx, id, actor));
      return find({ id });
    },
    noteUse: async (ids) => {
      if (ids.length > 0) await accessKey.updateMany({ where: { id: { in: [...ids] } }, data: { lastUsedAt: new Date() } });
    },
    hasAdministrator: async () => (await accessKey.findFirst({ where: { ...living(), scopes: { has: 'admin' } } })) !== null,
    hasKeys: async () => (await accessKey.findFirst({ select: { id: true } })) !== null,
    audit: (filter) => readAudit(database, filter),
    ...projectStore(database),
    projectOf: async (kind, id) => {
      const only = { where: { id }, select: { project: true } };
      if (kind === 'study') return (await study.findUnique(only))?.project ?? null;
      if (kind === 'campaign') return (await campaign.findUnique(only))?.project ?? null;
      return (await trial.findUnique(only))?.project ?? null;
    },
  };
}

async function insertKey(tx: Connection, { digest, scopes, ...key }: NewKey, actor: Actor): Promise<AccessKey | null> {
  if (key.project !== null && !(await keepProject(tx, key.project))) return null;
  const row = await tx.accessKey.create({ data: { ...key, scopes: [...scopes], digest: Uint8Array.from(digest) } });
  const details = { name: key.name, lastFour: key.lastFour, scopes: [...scopes], expiresAt: key.expiresAt?.toISOString() ?? null };
  await insertAudit(tx, { ...actor, action: 'key-created', target: key.id, project: key.project, details });
  return keyFromRow(row);
}

async function revokeKey(tx: Connection, id: string, actor: Actor): Promise<void> {
  const revoked = await tx.$executeRaw`UPDATE access_key SET revoked_at = clock_timestamp() WHERE id = ${id}::uuid AND revoked_at IS NULL`;
  if (revoked === 0) return;
  const { project, name, lastFour } = await tx.accessKey.findUniqueOrThrow({ where: { id } });
  await insertAudit(tx, { ...actor, action: 'key-revoked', target: id, project, details: { name, lastFour } });
}

function keyFromRow({ digest: _digest, scopes, ...row }: AccessKeyModel): AccessKey {
  return { ...row, scopes: scopes.map((scope) => scopeSchema.parse(scope)) };
}
