import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readAddress } from '../../src/store/database/address.ts';
import { openDatabase, openDirectDatabase } from '../../src/store/database/database.ts';
import { databaseReader } from '../../src/store/reader.ts';
import type { StudyReader } from '../../src/studies/ports/reader.ts';
import { eventually } from '../support/eventually.ts';
import { fillObserved } from './inspect.ts';
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
  'the list of studies': (reader) => reader.studies({ limit: 10 }),
};

/** Rows of trials that the server has read so far, and its scans of them. It learns them when a connection ends. */
async function readSoFar(): Promise<{ rows: number; scans: number }> {
  const [row] = await store.sql(`
    SELECT seq_tup_read + idx_tup_fetch AS rows, seq_scan + idx_scan AS scans FROM pg_stat_user_tables WHERE relname = 'trial'`);
  return { rows: Number(row?.['rows']), scans: Number(row?.['scans']) };
}

/** Counts the rows of trials that a read makes the server read. */
async function rowsOf(work: (reader: StudyReader) => Promise<unknown>, isDirect: boolean): Promise<number> {
  const address = readAddress(store.url);
  const before = await readSoFar();
  {
    await using database = openDatabase({ address, connections: 1 });
    await using direct = openDirectDatabase({ address, connections: 1 });
    await work(databaseReader(database, isDirect ? direct : undefined));
  }
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

it('a plain count of the trials reads them all, and this test would see it', async () => {
  expect(await rowsOf((reader) => reader.trialTotals(study), false)).toBeGreaterThanOrEqual(observed);
});
