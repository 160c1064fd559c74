import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { readAddress } from '../../src/store/database/address.ts';
import { type Database, openDatabase, openDirectDatabase } from '../../src/store/database/database.ts';
import { databaseReader } from '../../src/store/reader.ts';
import { noFacts } from '../../src/store/studies/known.ts';
import { databaseTransactions } from '../../src/store/transactions.ts';
import { askStore } from '../../src/store/workers/ask-store.ts';
import { nothingKnown } from '../../src/store/workers/known.ts';
import { advanceStudy } from '../../src/studies/actions/advance.ts';
import { createStudy } from '../../src/studies/actions/create.ts';
import { giveTrials } from '../../src/studies/actions/give.ts';
import { verifyStudy } from '../../src/studies/actions/verify.ts';
import { resolvedSpecSchema, type StudySpec, studySpecSchema } from '../../src/studies/definition/definition.ts';
import { eventually } from '../support/eventually.ts';
import { openStudyStore, type StudyStore } from './study-fixture.ts';

/** Known results of two studies. What grows with their square grows four times as much from the one to the other. */
const few = 800;
const many = 2 * few;
const linear = 2.4;
/** Rows of trials that five known results more make the server read, however many there are: less than a second look at all. */
const rowsAtMost = 1300;

const known = (place: number) => ({
  parameters: { learningRate: (5 + 5 * (place % 20)) / 10_000, hiddenUnits: 1 + (place % 31) },
  values: { value: Math.sin(place) },
});

function studyOf(count: number, fields: object): StudySpec {
  return studySpecSchema.parse({
    name: `${count} known`,
    searchSpace: [
      { type: 'float', name: 'learningRate', low: 0.0005, high: 0.01, step: 0.0005 },
      { type: 'int', name: 'hiddenUnits', low: 1, high: 31 },
    ],
    metrics: [{ name: 'value', direction: 'maximize' }],
    budget: { trials: 40 },
    objective: { type: 'test-function', function: 'lstm-landscape' },
    givenTrials: Array.from({ length: count }, (_, place) => known(place)),
    ...fields,
  });
}

let store: StudyStore;
beforeAll(async () => {
  store = await openStudyStore();
  // As in a database that was just filled.
  await store.sql('ALTER TABLE trial SET (autovacuum_enabled = false)');
});
afterAll(() => store[Symbol.asyncDispose]());

/** Rows of trials that the server has read so far, and its scans of them. It learns them when a connection ends. */
async function readSoFar(): Promise<{ rows: number; scans: number }> {
  const [row] = await store.sql(`
    SELECT seq_tup_read + idx_tup_fetch AS rows, seq_scan + idx_scan AS scans FROM pg_stat_user_tables WHERE relname = 'trial'`);
  return { rows: Number(row?.['rows']), scans: Number(row?.['scans']) };
}

/** Counts the rows of trials that an operation of a process that knows no study yet makes the server read. */
async function rowsOf<Result>(work: (database: Database) => Promise<Result>): Promise<{ rows: number; result: Result }> {
  const before = await readSoFar();
  const result = await onOneConnection(work);
  await eventually(async () => expect((await readSoFar()).scans).toBeGreaterThan(before.scans));
  return { rows: (await readSoFar()).rows - before.rows, result };
}

async function onOneConnection<Result>(work: (database: Database) => Promise<Result>): Promise<Result> {
  await using database = openDatabase({ address: readAddress(store.url), connections: 1 });
  return await work(database);
}

const create = (count: number, fields: object) =>
  rowsOf((database) => createStudy(databaseTransactions(database), studyOf(count, fields), 7));

/** Gives a study known results one by one. */
const give = (study: string, count: number) =>
  rowsOf(async (database) => {
    const transactions = databaseTransactions(database);
    for (let place = 0; place < count; place += 1) await giveTrials(transactions, study, { trials: [known(place)], request: null });
  });

const verify = (study: string) => rowsOf((database) => verifyStudy(databaseReader(database), study));

const searches = {
  tpe: { sampler: { type: 'tpe' } },
  random: { sampler: { type: 'random' } },
  genetic: { sampler: { type: 'genetic', population: 10, elites: 1 } },
};

describe.each(Object.entries(searches))('a study with thousands of known results (%s)', (_name, fields) => {
  it('is created and verified with work that grows as their number', async () => {
    const [small, large] = [await create(few, fields), await create(many, fields)];
    expect(large.rows).toBeLessThan(linear * small.rows);
    const [ofSmall, ofLarge] = [await verify(small.result), await verify(large.result)];
    expect(ofLarge.result).toMatchObject({ verified: true, differences: [] });
    expect(ofLarge.rows).toBeLessThan(linear * ofSmall.rows);
  });

  it('takes others, and reads them and its definition once', async () => {
    const { result: study } = await create(many, fields);
    const parsed = vi.spyOn(resolvedSpecSchema, 'parse');
    const one = await give(study, 1);
    parsed.mockClear();
    const six = await give(study, 6);
    expect(six.rows - one.rows).toBeLessThan(rowsAtMost);
    expect(parsed).toHaveBeenCalledTimes(1);
    parsed.mockRestore();
  });
});

it('the definition is read once for the requests of workers and the transactions of a process', async () => {
  const external = { objective: { type: 'external', metrics: [{ name: 'value', direction: 'maximize' }] }, metrics: [{ name: 'value' }] };
  const { result: study } = await create(few, { ...searches.random, ...external });
  const parsed = vi.spyOn(resolvedSpecSchema, 'parse');
  const facts = noFacts();
  await using direct = openDirectDatabase({ address: readAddress(store.url), connections: 1 });
  const asks = askStore(direct, nothingKnown(facts));
  for (let requests = 0; requests < 2; requests += 1) expect((await asks.study(study, []))?.spec.givenTrials).toHaveLength(few);
  await onOneConnection((database) => advanceStudy(databaseTransactions(database, undefined, facts), study));
  expect(parsed).toHaveBeenCalledTimes(1);
  parsed.mockRestore();
});

it('no event of them names more than 500', async () => {
  await create(few, searches.random);
  const rows = await store.sql(`
    SELECT type, max(jsonb_array_length(data -> 'trials')) AS most FROM study_event
    WHERE type IN ('trials-given', 'trials-observed') GROUP BY type ORDER BY type`);
  expect(rows).toEqual([
    { type: 'trials-given', most: 500 },
    { type: 'trials-observed', most: 500 },
  ]);
});
