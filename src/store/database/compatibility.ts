import type pg from 'pg';

/**
 * Reads the oldest version of the code that may work on a database: its migrations say it, in the table `compatibility`.
 *
 * @returns null where no migration has said it yet
 */
export async function oldestVersion(client: pg.ClientBase): Promise<string | null> {
  const { rows: known } = await client.query<{ exists: boolean }>(`SELECT to_regclass('compatibility') IS NOT NULL AS exists`);
  if (!known[0]?.exists) return null;
  const { rows } = await client.query<{ oldest_version: string }>('SELECT oldest_version FROM compatibility');
  return rows[0]?.oldest_version ?? null;
}

/** Whether a version comes before another one; both are three numbers with points between. */
export function isOlder(version: string, than: string): boolean {
  const [own, other] = [numbersOf(version), numbersOf(than)];
  const index = own.findIndex((number, at) => number !== other[at]);
  return index >= 0 && (own[index] ?? 0) < (other[index] ?? 0);
}

/** What follows a hyphen is a state of the version, and no part of its order here. */
function numbersOf(version: string): number[] {
  const numbers = (version.split('-')[0] ?? '').split('.').map(Number);
  if (numbers.length !== 3 || !numbers.every(Number.isInteger)) throw new RangeError(`${version} is no version`);
  return numbers;
}
