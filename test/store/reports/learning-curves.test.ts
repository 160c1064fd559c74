import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { studyReportFindings } from '../../../src/campaigns/reporting/findings.ts';
import { Prisma } from '../../../src/store/generated/client.ts';
import { learningCurvesQuery } from '../../../src/store/reports/learning-curves.ts';
import { statementCounter } from '../statement-count.ts';
import { addStudy, openStudyStore, type StudyStore } from '../study-fixture.ts';

let store: StudyStore;
let study: string;
beforeAll(async () => {
  store = await openStudyStore();
});
afterAll(() => store[Symbol.asyncDispose]());
beforeEach(async () => {
  await store.clear();
  study = await addStudy(store, { budget: { trials: 6 }, parallelism: 6 });
});

const limits = { best: 10, others: 20, points: 8 };
const trialOf = (number: number): string => `(SELECT id FROM trial WHERE study_id = '${study}' AND number = ${number})`;

/** Makes a trial what it would be in the end. */
async function settle(number: number, columns: string): Promise<void> {
  await store.sql(`UPDATE trial SET ${columns}, finished_at = now() WHERE study_id = '${study}' AND number = ${number}`);
}

/** Stores what an attempt measured at some steps. */
async function measured(number: number, attempt: number, values: Readonly<Record<number, number | null>>): Promise<void> {
  for (const [step, value] of Object.entries(values))
    await store.sql(
      `INSERT INTO measurement (trial_id, attempt, step, values) VALUES (${trialOf(number)}, ${attempt}, ${step}, '{"value": ${value}, "other": 7}')`,
    );
}

/** Fills the study with completed trials from number 6 on, each with steps at some distance. The higher the number, the better. */
async function fill({ until, steps, distance = 1 }: { until: number; steps: number; distance?: number }): Promise<void> {
  await store.sql(`
    INSERT INTO trial (objective_name, objective_version, id, study_id, number, state, parameters, origin, value, score, attempts, steps_done,
      finished_at)
    SELECT 'test-function', 1, gen_random_uuid(), '${study}', number, 'completed', '{}', '{}', number, number, 1, ${steps}, now()
    FROM generate_series(6, ${until}) AS number`);
  await store.sql(`
    INSERT INTO measurement (trial_id, attempt, step, values)
    SELECT id, 1, 1 + place * ${distance}, jsonb_build_object('value', number + place)
    FROM trial CROSS JOIN generate_series(0, ${steps - 1}) AS place WHERE study_id = '${study}' AND number >= 6`);
  await store.sql('ANALYZE trial, measurement, study');
}

/** Adds queued trials. */
async function addOpen({ from, until }: { from: number; until: number }): Promise<void> {
  await store.sql(`
    INSERT INTO trial (objective_name, objective_version, id, study_id, number, state, parameters, origin)
    SELECT 'test-function', 1, gen_random_uuid(), '${study}', number, 'queued', '{}', '{}' FROM generate_series(${from}, ${until}) AS number`);
  await store.sql('ANALYZE trial');
}

it('are the metric of completed and stopped trials, of the attempt that counts', async () => {
  await settle(0, `state = 'completed', value = 0.5, score = 0.5, attempts = 2`);
  await measured(0, 1, { 1: 9, 2: 9 });
  await measured(0, 2, { 1: 0.1, 4: null, 7: 0.5 });
  await settle(1, `state = 'pruned', value = 0.2, steps_done = 3, attempts = 2, settled_attempt = 1`);
  await measured(1, 1, { 3: 0.2 });
  await measured(1, 2, { 1: 9 });
  await settle(2, `state = 'failed', error = '{"code": "stalled", "message": "it stood still"}'`);
  await measured(2, 1, { 1: 9 });
  await settle(3, `state = 'completed', value = 0.4, score = 0.4, source = 'imported'`);
  await measured(4, 1, { 1: 9 });
  expect(await store.reader.learningCurves(study, limits)).toEqual({
    sampled: false,
    curves: [
      {
        number: 0,
        value: 0.5,
        points: [
          { step: 1, value: 0.1 },
          { step: 4, value: null },
          { step: 7, value: 0.5 },
        ],
      },
      { number: 1, value: 0.2, prunedAt: 3, points: [{ step: 3, value: 0.2 }] },
    ],
  });
});

it('are those of all ended trials, however many others there are', async () => {
  await fill({ until: 25, steps: 2 });
  await measured(2, 1, { 1: 9 });
  await settle(2, `state = 'pruned', value = 9, steps_done = 1`);
  await addOpen({ from: 26, until: 999 });
  const { sampled, curves } = await store.reader.learningCurves(study, limits);
  expect([sampled, curves.map(({ number }) => number)]).toEqual([false, [2, ...Array.from({ length: 20 }, (_, index) => 6 + index)]]);
  const one = { ...limits, best: 1, others: 19 };
  expect((await store.reader.learningCurves(study, one)).sampled).toBe(true);
});

it('are drawn from the numbers up to the last ended one, and from no enqueued ones behind it', async () => {
  await fill({ until: 505, steps: 2 });
  await addOpen({ from: 506, until: 9999 });
  const { sampled, curves } = await store.reader.learningCurves(study, { ...limits, best: 1 });
  // The first six trials are open, so that there is no curve of the first range.
  expect([sampled, curves.length]).toEqual([true, 20]);
});

it('leave out what a verdict made needless', async () => {
  await fill({ until: 9, steps: 2 });
  await store.sql(`UPDATE study SET outcome = '{"reason": "target", "detail": "reached", "lastTrial": 7}' WHERE id = '${study}'`);
  const { sampled, curves } = await store.reader.learningCurves(study, { ...limits, best: 1, others: 7 });
  expect([sampled, curves.map(({ number }) => number)]).toEqual([false, [6, 7]]);
});

it('are those of the best trials and of one in each of equal ranges of the others, always the same, and never more than asked for', async () => {
  await fill({ until: 999, steps: 2 });
  const found = await store.reader.learningCurves(study, limits);
  const numbers = found.curves.map(({ number }) => number);
  expect(found.sampled).toBe(true);
  // The first six trials are open: of the first of twenty ranges there is no curve.
  const others = numbers.slice(0, -10);
  expect(others.map((number) => Math.floor(number / 50))).toEqual(Array.from({ length: 19 }, (_, index) => index + 1));
  expect(new Set(others.map((number) => number % 50)).size).toBeGreaterThan(10);
  expect(numbers.slice(-10)).toEqual(Array.from({ length: 10 }, (_, index) => 990 + index));
  expect(await store.reader.learningCurves(study, limits)).toEqual(found);
  const all = await store.reader.learningCurves(study, { ...limits, best: 300, others: 700 });
  expect([all.sampled, all.curves.length]).toEqual([false, 994]);
});

it('have the first and the last of many steps, and between them no more than asked for, denser in the beginning', async () => {
  await fill({ until: 6, steps: 5000, distance: 2 });
  const [curve] = (await store.reader.learningCurves(study, limits)).curves;
  const steps = curve?.points.map(({ step }) => step) ?? [];
  expect(steps.length).toBeLessThanOrEqual(limits.points);
  expect([steps[0], steps.at(-1)]).toEqual([1, 9999]);
  // A third and two thirds of the way, by distance and by ratio; each is the first measured step from there on.
  expect(steps).toEqual([1, 23, 465, 3335, 6667, 9999]);
  const [whole] = (await store.reader.learningCurves(study, { ...limits, points: 10_000 })).curves;
  expect(whole?.points).toHaveLength(5000);
});

it('are read by one statement of a report, which scans no table', async () => {
  await fill({ until: 9999, steps: 3 });
  using counter = statementCounter();
  const sent = await counter.texts(() => studyReportFindings(store.reader, study));
  expect(sent.filter((text) => text.includes('measurement'))).toHaveLength(1);
  const [row] = await store.database.$queryRaw<unknown[]>(
    Prisma.sql`EXPLAIN (FORMAT JSON) ${learningCurvesQuery(study, { best: 100, others: 200, points: 100 })}`,
  );
  // The step is in the condition of the index, so that a point is one row that is read, however many steps a trial has.
  expect(JSON.stringify(row)).toMatch(/"Index Cond":"[^"]*step >= /);
  const scans = JSON.stringify(row).match(/"Node Type":"[A-Za-z ]*Scan"[^{}]*?"Relation Name":"[a-z]+"/g) ?? [];
  expect(scans.length).toBeGreaterThan(3);
  expect(scans.filter((scan) => scan.includes('Seq Scan') && !scan.endsWith('"study"'))).toEqual([]);
});

it.each([
  ['most of which completed', `state = 'completed'`],
  ['most of which failed', `state = 'failed', value = null, score = null, error = '{"code": "stalled", "message": "it stood still"}'`],
  ['most of which were stopped', `state = 'pruned'`],
])('cost as much in a study of 20,000 trials, %s, as the limits say', async (_title, change) => {
  await fill({ until: 19_999, steps: 1 });
  await store.sql(`UPDATE trial SET ${change} WHERE study_id = '${study}' AND number >= 6 AND number % 100 > 0`);
  await store.sql('ANALYZE trial');
  const rows = await store.database.$queryRaw(Prisma.sql`EXPLAIN (ANALYZE, FORMAT JSON) ${learningCurvesQuery(study, limits)}`);
  // Nodes on tables: their rows, and those that a filter took away, in all loops.
  const read = JSON.stringify(rows)
    .match(/"Relation Name":"trial"[^{}]*/g)
    ?.map((node) => {
      const [many, removed, loops] = ['Actual Rows', 'Rows Removed by Filter', 'Actual Loops'].map((name) =>
        Number(new RegExp(`"${name}":([0-9.]+)`).exec(node)?.[1] ?? 0),
      );
      return ((many ?? 0) + (removed ?? 0)) * (loops ?? 0);
    });
  expect(read?.length).toBeGreaterThan(5);
  expect(read?.reduce((sum, one) => sum + one, 0)).toBeLessThan(200);
});
