import type pg from 'pg';

/**
 * Reads the oldest code version that may use a database, which its migrations store in the table `compatibility`.
 *
 * @returns null if no migration has stored it yet
 */
export async function oldestVersion(client: pg.ClientBase): Promise<string | null> {
  const { rows: known } = await client.query<{ exists: boolean }>(`SELECT to_regclass('compatibility') IS NOT NULL AS exists`);
  if (!known[0]?.exists) return null;
  const { rows } = await client.query<{ oldest_version: string }>('SELECT oldest_version FROM compatibility');
  return rows[0]?.oldest_version ?? null;
}

/** True if a version is older than another one; both are three numbers separated by dots. */
export function isOlder(version: string, than: string): boolean {
  const [own, other] = [numbersOf(version), numbersOf(than)];
  const index = own.findIndex((number, at) => number !== other[at]);
  return index >= 0 && (own[index] ?? 0) < (other[index] ?? 0);
}

/** Parses the three numbers of a version. A pre-release suffix after a hyphen is ignored. */
function numbersOf(version: string): number[] {
  const numbers = (version.split('-')[0] ?? '').split('.').map(Number);
  if (numbers.length !== 3 || !numbers.every(Number.isInteger)) throw new RangeError(`${version} is no version`);
  return numbers;
}
