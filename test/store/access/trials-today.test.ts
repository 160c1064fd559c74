import { afterAll, beforeAll, expect, it } from 'vitest';
import { trialsToday } from '../../../src/store/access/usage.ts';
import { readsOf } from '../../../src/store/database/database.ts';
import { Prisma } from '../../../src/store/generated/client.ts';
import { createStudy } from '../../../src/studies/actions/create.ts';
import { openStudyStore, type StudyStore, specOf } from '../study-fixture.ts';

let store: StudyStore;
const total = 4000;

beforeAll(async () => {
  store = await openStudyStore();
  await createStudy(store.transactions, specOf({ sampler: { type: 'random' }, budget: { trials: 9000 }, parallelism: 1 }), 7);
  const columns = (
    await store.sql(`
      SELECT column_name AS name FROM information_schema.columns
      WHERE table_name = 'trial' AND is_generated = 'NEVER' AND column_name NOT IN ('id', 'number', 'index')`)
  ).map(({ name }) => `"${name}"`);
  await store.sql(`
    INSERT INTO trial (id, number, index, ${columns}) SELECT gen_random_uuid(), n, n, ${columns}
    FROM trial CROSS JOIN generate_series(1, ${total - 1}) AS n WHERE number = 0;
    UPDATE study SET suggested = ${total}, created_at = created_at - interval '9 days';
    ANALYZE trial`);
});
afterAll(() => store[Symbol.asyncDispose]());

/** Lets the first trials have been queued on the days before. */
const queuedBefore = (count: number) =>
  store.sql(`UPDATE trial SET queued_at = clock_timestamp() - CASE WHEN number < ${count} THEN interval '2 days' ELSE interval '0' END`);
const statement = Prisma.sql`SELECT ${trialsToday(Prisma.sql`'default'`)} AS count`;

it.each([0, 1, 2, 1999, 2000, 3998, 3999, total])('of 4000 trials, %i of them of the days before, it counts the others', async (before) => {
  await queuedBefore(before);
  expect(await readsOf(store.database)(statement)).toEqual([{ count: total - before }]);
});

it('a trial whose number is missing does not matter', async () => {
  await queuedBefore(1500);
  await store.sql('DELETE FROM trial WHERE number IN (1499, 2500)');
  expect(await readsOf(store.database)(statement)).toEqual([{ count: total - 1500 }]);
});

it('it reads few of the trials of today', async () => {
  await queuedBefore(1);
  await store.sql('VACUUM ANALYZE trial');
  const [row] = (await readsOf(store.database)(Prisma.sql`EXPLAIN (ANALYZE, FORMAT JSON) ${statement}`)) as { 'QUERY PLAN': unknown }[];
  const nodes = JSON.stringify(row?.['QUERY PLAN']).matchAll(/"Relation Name":"trial"[^{}]*?"Actual Rows":([\d.]+),"Actual Loops":(\d+)/g);
  const read = [...nodes].map(([, rows, loops]) => Number(rows) * Number(loops));
  expect(read.length).toBeGreaterThan(0);
  expect(Math.max(...read)).toBeLessThan(30);
});
