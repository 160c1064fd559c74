import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readAddress } from '../../src/store/database/address.ts';
import { type Database, openDatabase, openDirectDatabase, type ReadRows, readsOf } from '../../src/store/database/database.ts';
import type { DirectDatabase } from '../../src/store/database/direct.ts';
import { databaseReader } from '../../src/store/reader.ts';
import { frontReads } from '../../src/store/studies/fronts.ts';
import { noFacts } from '../../src/store/studies/known.ts';
import { databaseTransactions } from '../../src/store/transactions.ts';
import { askStore } from '../../src/store/workers/ask-store.ts';
import { nothingKnown } from '../../src/store/workers/known.ts';
import { workerTrials } from '../../src/store/workers/worker-trials.ts';
import { advanceStudy } from '../../src/studies/actions/advance.ts';
import { askTrials } from '../../src/studies/actions/ask.ts';
import { mostParallelism } from '../../src/studies/definition/definition.ts';
import { inProcessFronts } from '../../src/studies/fronts/front-job.ts';
import type { StudyReader } from '../../src/studies/ports/reader.ts';
import { eventually } from '../support/eventually.ts';
import { enqueue, fillObserved } from './inspect.ts';
import { addStudy, openStudyStore, type StudyStore } from './study-fixture.ts';

/** Observed trials of the only study: a planner that is wrong about them would scan the table. */
const observed = 20_000;
/** Far more rows than the reads need, and far fewer than there are. */
const rowsAtMost = 500;

let store: StudyStore;
let study: string;
beforeAll(async () => {
  store = await openStudyStore();
  study = await addStudy(store, { budget: { trials: 100_000 }, parallelism: 2 });
  await fillObserved(store, study, observed);
});
afterAll(() => store[Symbol.asyncDispose]());

const reads: Readonly<Record<string, (reader: StudyReader) => Promise<unknown>>> = {
  'a study': (reader) => reader.overview(study),
  'the counts of its trials': (reader) => reader.trialCounts(study),
  'its leaderboard': (reader) => reader.leaderboard(study, 50),
  'the list of studies': (reader) => reader.studies({ project: 'default', limit: 10 }),
};

const external = { objective: { type: 'external', metrics: [{ name: 'value', direction: 'maximize' }] }, metrics: [{ name: 'value' }] };

/** Rows of trials that the server has read so far, and its scans of them. It learns them when a connection ends. */
async function readSoFar(): Promise<{ rows: number; scans: number }> {
  const [row] = await store.sql(`
    SELECT seq_tup_read + idx_tup_fetch AS rows, seq_scan + idx_scan AS scans FROM pg_stat_user_tables WHERE relname = 'trial'`);
  return { rows: Number(row?.['rows']), scans: Number(row?.['scans']) };
}

/** Counts the rows of trials that a read makes the server read. */
function rowsOf(work: (reader: StudyReader) => Promise<unknown>, isDirect: boolean): Promise<number> {
  return rowsRead(async () => {
    await using direct = openDirectDatabase({ address: readAddress(store.url), connections: 1 });
    await using database = openDatabase({ address: readAddress(store.url), connections: 1 });
    await work(databaseReader(database, isDirect ? direct : undefined));
  });
}

function rowsOnDriver(work: (direct: DirectDatabase) => Promise<unknown>): Promise<number> {
  return rowsRead(async () => {
    await using direct = openDirectDatabase({ address: readAddress(store.url), connections: 1 });
    await work(direct);
  });
}

function rowsOnPrisma(work: (database: Database) => Promise<unknown>): Promise<number> {
  return rowsRead(async () => {
    await using database = openDatabase({ address: readAddress(store.url), connections: 1 });
    await work(database);
  });
}

async function rowsRead(work: () => Promise<unknown>): Promise<number> {
  const before = await readSoFar();
  await work();
  await eventually(async () => expect((await readSoFar()).scans).toBeGreaterThan(before.scans));
  return (await readSoFar()).rows - before.rows;
}

describe.each([
  ['on the driver', true],
  ['through Prisma', false],
])('a read %s', (_way, isDirect) => {
  it.each(Object.entries(reads))('of %s reads few trials, however many are observed', async (_title, work) => {
    expect(await rowsOf(work, isDirect)).toBeLessThan(rowsAtMost);
  });
});

it('a request for a trial reads few trials, and beside one that takes long reads the others once', async () => {
  const asked = await addStudy(store, { ...external, budget: { trials: 100_000 } });
  await fillObserved(store, asked, observed);
  const known = nothingKnown(noFacts());
  const request = () => rowsOnDriver(async (direct) => expect(await askStore(direct, known).study(asked, [])).toBeTruthy());
  expect(await request()).toBeLessThan(rowsAtMost);
  await store.sql(
    `UPDATE trial SET state = 'queued', finished_at = NULL, value = NULL, score = NULL WHERE study_id = '${asked}' AND number = 0`,
  );
  await store.sql(`UPDATE study SET observed = 0, with_value = 0, counted = 0 WHERE id = '${asked}'`);
  expect(await request()).toBeGreaterThanOrEqual(observed);
  expect(await request()).toBeLessThan(rowsAtMost);
});

it('a trial is asked for and completed with few reads, however many are enqueued', async () => {
  const asked = await addStudy(store, { ...external, budget: { trials: 100_000 } });
  await enqueue(store, asked, observed);
  const known = nothingKnown(noFacts());
  const cycle = () =>
    rowsOnDriver(async (direct) => {
      const asks = askStore(direct, known);
      const request = { token: randomUUID(), worker: 'worker', leaseSeconds: 60, isRepeatable: true };
      const [trial] = (await askTrials(asks, asked, [request])).trials;
      if (!trial) throw new Error('trials are enqueued');
      const result = { values: { value: 0.5 }, checkpoint: null, attributes: null, links: null };
      expect(await workerTrials(direct, known).complete(trial, result)).toMatchObject({ kind: 'settled', state: 'completed' });
    });
  // A process that does not know the definition looks for as many open trials as any search may have.
  expect(await cycle()).toBeLessThan(rowsAtMost + mostParallelism);
  for (let cycles = 0; cycles < 2; cycles += 1) expect(await cycle()).toBeLessThan(rowsAtMost);
  expect(await store.sql(`SELECT observed FROM study WHERE id = '${asked}'`)).toEqual([{ observed: 2 }]);
});

it('a study is advanced with few reads, however many trials are enqueued', async () => {
  const advanced = await addStudy(store, { budget: { trials: 100_000 } });
  await store.sql(`DELETE FROM trial WHERE study_id = '${advanced}'`);
  await store.sql(`UPDATE study SET suggested = 0 WHERE id = '${advanced}'`);
  await enqueue(store, advanced, observed);
  await store.sql(`UPDATE trial SET state = 'completed', finished_at = now(), value = 1 WHERE study_id = '${advanced}' AND number < 3`);
  const rows = await rowsOnPrisma((database) => advanceStudy(databaseTransactions(database), advanced));
  expect(rows).toBeLessThan(rowsAtMost);
  expect(await store.sql(`SELECT observed FROM study WHERE id = '${advanced}'`)).toEqual([{ observed: 3 }]);
});

type ReadWork = (read: ReadRows) => Promise<unknown>;

describe.each([
  ['on the driver', (work: ReadWork) => rowsOnDriver((direct) => work(direct.rows))],
  ['through Prisma', (work: ReadWork) => rowsOnPrisma((database) => work(readsOf(database)))],
])('the front, read %s,', (_way, rowsOn) => {
  const several = {
    ...external,
    objective: { type: 'external', metrics: ['value', 'cost'].map((name) => ({ name, direction: 'maximize' })) },
    metrics: [{ name: 'value' }, { name: 'cost' }],
    sampler: { type: 'random' },
    budget: { trials: 100_000 },
  };
  const fronts = frontReads(inProcessFronts);
  const rowsForFront = (id: string, size: number) => rowsOn(async (read) => expect(await fronts.size(read, id)).toBe(size));

  it('reads each result once, also behind a trial that takes long', async () => {
    const id = await addStudy(store, several);
    await fillObserved(store, id, observed);
    await store.sql(`UPDATE trial SET metric_values = '[1, 1]' WHERE study_id = '${id}'`);
    await store.sql(`UPDATE trial SET state = 'queued', finished_at = NULL, value = NULL WHERE study_id = '${id}' AND number IN (0, 700)`);
    await store.sql(`UPDATE study SET observed = 0, with_value = 0, counted = 0 WHERE id = '${id}'`);
    expect(await rowsForFront(id, observed - 2)).toBeGreaterThanOrEqual(observed - 2);
    await store.sql(`UPDATE trial SET state = 'completed', finished_at = now(), value = 1 WHERE study_id = '${id}' AND number = 700`);
    expect(await rowsForFront(id, observed - 1)).toBeLessThan(rowsAtMost);
  });

  it('reads few trials, however many are enqueued', async () => {
    const id = await addStudy(store, several);
    await store.sql(`DELETE FROM trial WHERE study_id = '${id}'`);
    await store.sql(`UPDATE study SET suggested = 0 WHERE id = '${id}'`);
    await enqueue(store, id, observed);
    expect(await rowsForFront(id, 0)).toBeLessThan(rowsAtMost);
  });
});

it('a plain count of the trials reads them all, and this test would see it', async () => {
  expect(await rowsOf((reader) => reader.trialTotals(study), false)).toBeGreaterThanOrEqual(observed);
});
