import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import os from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { readAddress } from '../../src/store/database/address.ts';
import { migrate } from '../../src/store/database/migrations.ts';
import { version } from '../../src/version.ts';
import { startTestService, type TestService } from '../http/service.ts';
import { openClassifierBench } from '../objectives/text-classifier/runner/bench.ts';
import type { Bench } from '../runner/bench.ts';
import { createEmptyDatabase, createTestDatabase, type TestDatabase } from '../store/database.ts';
import { runSql } from '../store/server.ts';
import { studyStoreOn } from '../store/study-fixture.ts';
import { fixtureFile } from './fixtures.ts';

// All that these tests know of the inside of Clavier is in this file: migrations, an API on a database, a runner with fake trainers.

/** An API and, once it is asked for, a runner on one database. */
export interface UpgradedService extends AsyncDisposable {
  readonly api: TestService;
  readonly bench: Bench;
  /** Rows as the database of 0.1.0 had them, before the migrations. */
  readonly before: Before;
  startRunner(): Promise<void>;
}

/** What the dump says that no answer of the API told in one place. */
export interface Before {
  readonly measurements: { trial: string; step: number; accuracy: number }[];
  readonly events: { study: string; type: string }[];
  /** Open trials that had a checkpoint. */
  readonly begun: { trial: string }[];
}

/** The class of processors that the fixtures name: trainings go on from checkpoints of the same class only. */
const processor = 'a processor of the fixtures';

/** The database and the artifacts of 0.1.0, migrated. */
export async function openUpgraded(): Promise<UpgradedService> {
  const database = await createEmptyDatabase();
  await runSql(database.url, await readFile(fixtureFile('database.sql'), 'utf8'));
  const rows = async (text: string) => (await runSql(database.url, text)).rows;
  const before = {
    measurements: await rows(
      "SELECT trial_id AS trial, epoch AS step, (metrics ->> 'accuracy')::double precision AS accuracy FROM epoch_report ORDER BY 1, 2",
    ),
    events: await rows('SELECT study_id AS study, type FROM study_event ORDER BY study_id, sequence'),
    begun: await rows("SELECT id AS trial FROM trial WHERE state IN ('running', 'queued') AND epochs_done > 0"),
  };
  const folder = resolve(import.meta.dirname, '../../prisma/migrations');
  await migrate({ address: readAddress(database.url), folder, version, log: () => undefined });
  const service = await openOn(database, before);
  const artifacts: Record<string, string> = JSON.parse(await readFile(fixtureFile('artifacts.json'), 'utf8'));
  for (const [path, text] of Object.entries(artifacts)) {
    const file = join(service.bench.folder, 'artifacts', path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
  }
  return service;
}

/** A database with nothing in it but its tables. */
export async function openNew(): Promise<UpgradedService> {
  return openOn(await createTestDatabase(), { measurements: [], events: [], begun: [] });
}

async function openOn(database: TestDatabase, before: Before): Promise<UpgradedService> {
  const api = await startTestService({}, database);
  const bench = await openClassifierBench(studyStoreOn(database));
  const { cpus } = os;
  return {
    api,
    bench,
    before,
    startRunner: async () => {
      os.cpus = () => cpus().map((cpu) => ({ ...cpu, model: processor }));
      syncBuiltinESMExports();
      await bench.start({ settings: { slots: 2, leaseSeconds: 3 } });
    },
    async [Symbol.asyncDispose]() {
      os.cpus = cpus;
      syncBuiltinESMExports();
      await api.app.close();
      await api.database[Symbol.asyncDispose]();
      await bench[Symbol.asyncDispose]();
    },
  };
}
