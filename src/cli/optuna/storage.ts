import { open, readFile } from 'node:fs/promises';
import { UsageError } from '../exit-codes.ts';
import { studiesOfJournal } from './journal.ts';
import type { OptunaStudy } from './optuna-study.ts';
import { withPostgres } from './postgres.ts';
import { listStudies, type Query, readStudy } from './sql-rows.ts';
import { withSqliteFile } from './sqlite-file.ts';

/** The place of an Optuna storage. */
export type StorageAddress =
  | { readonly kind: 'sqlite'; readonly path: string }
  | { readonly kind: 'postgres'; readonly url: string }
  | { readonly kind: 'file'; readonly path: string };

/**
 * Reads the address of a storage as Optuna takes it: an SQLAlchemy URL, or the path of a file. A driver in the URL, as in
 * `postgresql+psycopg2://`, is ignored.
 *
 * @throws UsageError for databases that are not supported
 */
export function storageAddressOf(text: string): StorageAddress {
  const [, system, rest] = /^([a-z]+)(?:\+[a-z0-9]+)?:\/\/(.*)$/s.exec(text) ?? [];
  if (system === undefined || rest === undefined) return { kind: 'file', path: text };
  if (system === 'postgresql' || system === 'postgres') return { kind: 'postgres', url: `postgresql://${rest}` };
  if (system !== 'sqlite')
    throw new UsageError(
      `--optuna reads SQLite, PostgreSQL and journal files, not ${system}: copy the study into one of them with optuna.copy_study first`,
    );
  const path = rest.replace(/\?.*$/s, '');
  if (!path.startsWith('/') || path === '/') throw new UsageError('--optuna takes sqlite:///PATH, with three slashes before the path');
  return { kind: 'sqlite', path: path.slice(1) };
}

/**
 * Reads a study of a storage.
 *
 * @param name null: the only one
 * @throws UsageError if the storage cannot be read, or if it has no such study; the message lists the names that there are
 */
export async function readOptunaStudy(address: StorageAddress, name: string | null): Promise<OptunaStudy> {
  const fromSql = async (query: Query): Promise<OptunaStudy> => readStudy(query, choose(await listStudies(query), name));
  switch (address.kind) {
    case 'postgres':
      return withPostgres(address.url, fromSql);
    case 'sqlite':
      await requireSqlite(address.path);
      return withSqliteFile(address.path, fromSql);
    case 'file':
      if (await isSqlite(address.path)) return withSqliteFile(address.path, fromSql);
      return choose(studiesOfJournal(await readable(address.path, () => readFile(address.path, 'utf8'))), name);
  }
}

const mostNames = 30;

function choose<Study extends { readonly name: string }>(studies: readonly Study[], name: string | null): Study {
  const [first, ...others] = studies;
  if (!first) throw new UsageError('the Optuna storage has no studies');
  const found = name === null ? others.length === 0 && first : studies.find((study) => study.name === name);
  if (found) return found;
  const names = studies.slice(0, mostNames).map((study) => JSON.stringify(study.name));
  const all = [...names, ...(studies.length > mostNames ? [`and ${studies.length - mostNames} more`] : [])].join(', ');
  throw new UsageError(
    name === null
      ? `the Optuna storage has ${studies.length} studies; choose one with --study: ${all}`
      : `the Optuna storage has no study ${JSON.stringify(name)}; it has ${all}`,
  );
}

/** The first bytes of every SQLite database. */
const signature = 'SQLite format 3\0';

async function isSqlite(path: string): Promise<boolean> {
  return readable(path, async () => {
    await using file = await open(path);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(signature.length), 0, signature.length, 0);
    return buffer.toString('latin1', 0, bytesRead) === signature;
  });
}

async function requireSqlite(path: string): Promise<void> {
  if (!(await isSqlite(path))) throw new UsageError(`${path} is no SQLite database`);
}

async function readable<Result>(path: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    throw new UsageError(`cannot read ${path}: ${error instanceof Error ? error.message : error}`);
  }
}
