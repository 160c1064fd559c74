import { expect, test } from 'vitest';
import { createEmptyDatabase, createTestDatabase } from '../store/database.ts';
import { databaseFacts } from '../store/database-schema.ts';
import { runSql } from '../store/server.ts';
import { temporaryFolder } from '../store/temporary-folder.ts';
import { startProcess } from '../system/service-process.ts';
import { startFaulty } from './faulty-process.ts';
import { migrationPasses } from './points.ts';

async function applied(url: string): Promise<string[]> {
  const { rows } = await runSql(
    url,
    'SELECT migration_name AS name FROM _prisma_migrations WHERE finished_at IS NOT NULL AND applied_steps_count = 1 ORDER BY started_at',
  );
  return rows.map((row) => String(row.name));
}

test.each(migrationPasses)(
  'a database whose migration is killed at $point, pass $hit, has each one whole or not at all, and the next process goes on',
  async ({ point, hit }) => {
    await using database = await createEmptyDatabase();
    await using migrated = await createTestDatabase();
    await using folder = await temporaryFolder();
    const all = await applied(migrated.url);
    const settings = { DATABASE_URL: database.url, CLAVIER_DATA_DIR: folder.path };
    await using dying = startFaulty('migrate', { point, hit, action: 'kill' }, settings, folder.path);
    await dying.happened();
    expect(await dying.exited, dying.output()).toBeNull();
    expect(await applied(database.url)).toEqual(all.slice(0, point === 'migration.before' ? hit - 1 : hit));
    await using next = startProcess(['migrate'], settings);
    expect(await next.exited, next.output()).toBe(0);
    expect(await applied(database.url)).toEqual(all);
    expect(await databaseFacts(database.url)).toEqual(await databaseFacts(migrated.url));
  },
);
