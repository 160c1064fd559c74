/** The rows of scenes as statements that fill an empty database. */
import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';

/** In an order in which no row names one that is not there yet. */
const tables = [
  '_prisma_migrations',
  'campaign',
  'study',
  'trial',
  'epoch_report',
  'trial_incident',
  'trial_evaluation',
  'study_event',
  'study_checkpoint',
  'epoch_checkpoint',
  'epoch_result',
  'training_environment',
  'runner',
  'installation',
];

/** Tables of which each scene has the same rows, or one: those of the first are kept. */
const kept = new Set(['_prisma_migrations', 'installation']);

/** As Prisma creates it; it is in no migration. */
const recordTable = `CREATE TABLE _prisma_migrations (
  id VARCHAR(36) PRIMARY KEY NOT NULL, checksum VARCHAR(64) NOT NULL, finished_at TIMESTAMPTZ, migration_name VARCHAR(255) NOT NULL,
  logs TEXT, rolled_back_at TIMESTAMPTZ, started_at TIMESTAMPTZ NOT NULL DEFAULT now(), applied_steps_count INTEGER NOT NULL DEFAULT 0
);
`;

/** Every row as PostgreSQL writes its columns, so that no digit is lost; what says where it was made is replaced. */
export async function rowsOf(scene) {
  const there = (await scene.sql("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")).map(
    ({ tablename }) => tablename,
  );
  const unknown = there.filter((table) => !tables.includes(table));
  if (unknown.length > 0) throw new Error(`tables that are not dumped: ${unknown}`);
  await scene.sql(
    `UPDATE runner SET host = 'fixtures.example', boot = 'a boot', pid_namespace = 'a namespace', pid = 4242, process_start = '1'`,
  );
  const rows = {};
  for (const table of tables) {
    const columns = (
      await scene.sql(`SELECT column_name FROM information_schema.columns WHERE table_name = '${table}' ORDER BY ordinal_position`)
    ).map(({ column_name }) => column_name);
    const literal = (column) => `quote_nullable("${column}"::text)`;
    const values = await scene.sql(
      `SELECT ${columns.map(literal).join(` || ', ' || `)} AS row FROM "${table}" ORDER BY ${columns[0]}, ${columns[1]}`,
    );
    rows[table] = { columns, values: values.map(({ row }) => `(${row})`) };
  }
  return rows;
}

/** The schema is that of the migrations themselves: they never change once they landed. */
export async function dumpOf(scenes, checkout, write) {
  const folder = join(checkout, 'prisma/migrations');
  const migrations = (await readdir(folder)).sort();
  const schema = await Promise.all(migrations.map((name) => readFile(join(folder, name, 'migration.sql'), 'utf8')));
  const statements = tables.flatMap((table) => {
    const from = kept.has(table) ? scenes.slice(0, 1) : scenes;
    const [{ columns }] = from.map(({ rows }) => rows[table]);
    const values = from.flatMap(({ rows }) => rows[table].values);
    const names = columns.map((column) => `"${column}"`).join(', ');
    return values.length === 0 ? [] : [`INSERT INTO "${table}" (${names}) VALUES\n${values.join(',\n')};\n`];
  });
  await write('database.sql', ["SET TIME ZONE 'UTC';\n", recordTable, ...schema, ...statements].join('\n'));
  const files = {};
  for (const { artifacts } of scenes.toReversed()) Object.assign(files, artifacts);
  await write('artifacts.json', `${JSON.stringify(files, null, 1)}\n`);
}

/** What fake trainers saved, and which database the folder belongs to: that of the first scene. */
export async function textsIn(folder) {
  const texts = {};
  for (const entry of await readdir(folder, { withFileTypes: true, recursive: true })) {
    const file = join(entry.parentPath ?? entry.path, entry.name);
    if (entry.isFile()) texts[relative(folder, file)] = await readFile(file, 'utf8');
  }
  return texts;
}
