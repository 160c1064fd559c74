import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { trialQueue } from '../../../src/store/queue/queue.ts';
import { databaseSweep } from '../../../src/store/sweep.ts';
import { databaseTransactions } from '../../../src/store/transactions.ts';
import { advanceStudy } from '../../../src/studies/actions/advance.ts';
import { createStudy } from '../../../src/studies/actions/create.ts';
import { verifyStudy } from '../../../src/studies/actions/verify.ts';
import { studyExport } from '../../../src/studies/document/export.ts';
import { objectiveValue, openStudyStore, type StudyStore, specOf, stepRecord, valuesOf } from '../study-fixture.ts';

let store: StudyStore;
beforeAll(async () => {
  store = await openStudyStore();
});
afterAll(() => store[Symbol.asyncDispose]());
beforeEach(() => store.clear());

const runner = randomUUID();

/** Evaluates all trials that can be claimed, by a process that knows the quotas as they are now. @returns how many */
async function evaluateAll(id: string): Promise<number> {
  const [queue, transactions] = [trialQueue(store.database), databaseTransactions(store.database)];
  await advanceStudy(transactions, id);
  for (let count = 0; ; count += 1) {
    const trial = await queue.claim(runner, 60);
    if (!trial) return count;
    await queue.complete(
      trial,
      { ...stepRecord(trial.job.steps, valuesOf(objectiveValue(trial.parameters))), resultKey: null, checkpoint: null },
      false,
    );
    // As another process would: with the quotas of this moment.
    await advanceStudy(databaseTransactions(store.database), id);
  }
}

const setQuota = (trials: number | null) => store.sql(`UPDATE project SET trials_per_day = ${trials ?? 'NULL'} WHERE name = 'default'`);
const endDay = () =>
  store.sql("UPDATE study SET created_at = created_at - interval '1 day'; UPDATE trial SET queued_at = queued_at - interval '1 day'");
const trialsOf = async (id: string) => (await store.sql(`SELECT 1 FROM trial WHERE study_id = '${id}'`)).length;
const stateOf = async (id: string) => (await store.sql(`SELECT state FROM study WHERE id = '${id}'`))[0]?.['state'];

describe.each([
  ['random', { sampler: { type: 'random' }, budget: { trials: 12 }, parallelism: 2 }],
  ['a window', { sampler: { type: 'tpe', startupTrials: 3 }, budget: { trials: 12 }, parallelism: 3 }],
  ['generations', { sampler: { type: 'genetic', population: 4, elites: 1 }, budget: { generations: 4 } }],
])('a search over %s whose project creates few trials a day', (_name, definition) => {
  it('waits for the next day, ends as one without a quota, and is verified', async () => {
    const free = await createStudy(store.transactions, specOf(definition), 7);
    await evaluateAll(free);
    expect(await stateOf(free)).toBe('completed');
    const expected = await studyExport(store.reader, free, { provenance: false });
    await store.clear();
    const id = await createStudy(store.transactions, specOf(definition), 7);
    await setQuota(5);
    let days = 1;
    for (; (await stateOf(id)) === 'active'; days += 1) {
      expect(days).toBeLessThan(20);
      const before = await trialsOf(id);
      await evaluateAll(id);
      // A step queues as many as it always does: it begins while fewer than the quota were created.
      expect((await trialsOf(id)) - before).toBeLessThanOrEqual(5 + 4);
      expect(await trialQueue(store.database).claim(runner, 60)).toBeNull();
      await endDay();
    }
    expect(days).toBeGreaterThan(2);
    expect(await studyExport(store.reader, id, { provenance: false })).toEqual(expected);
    expect(await verifyStudy(store.reader, id)).toMatchObject({ verified: true, differences: [] });
  });
});

describe('a project above its bytes', () => {
  it('is measured: rows and checkpoints count, and less once a study is deleted', async () => {
    await store.sql("UPDATE project SET stored_bytes = 1000000000 WHERE name = 'default'");
    const id = await createStudy(store.transactions, specOf({ budget: { trials: 50 }, parallelism: 50 }), 7);
    const measured = async (): Promise<number> => {
      await store.sql('UPDATE project SET measured_at = NULL');
      await databaseSweep(store.database).measureProjects();
      return Number((await store.sql("SELECT bytes_used FROM project WHERE name = 'default'"))[0]?.['bytes_used']);
    };
    const rows = await measured();
    expect(rows).toBeGreaterThan(10_000);
    await store.sql("UPDATE trial SET result_key = 'a key' WHERE number < 2");
    await store.sql("INSERT INTO step_checkpoint (result_key, step, file, bytes, sha256) VALUES ('a key', 1, 'f', 5000000, '0')");
    expect((await measured()) - rows).toBeGreaterThanOrEqual(5_000_000);
    expect((await measured()) - rows).toBeLessThan(5_010_000);
    await store.sql(`DELETE FROM study WHERE id = '${id}'`);
    expect(await measured()).toBe(0);
  });

  it('starts no trial on a runner until it is below them again', async () => {
    await createStudy(store.transactions, specOf(), 7);
    await store.sql("UPDATE project SET stored_bytes = 10, bytes_used = 10 WHERE name = 'default'");
    expect(await trialQueue(store.database).claim(runner, 60)).toBeNull();
    await store.sql("UPDATE project SET bytes_used = 9 WHERE name = 'default'");
    expect(await trialQueue(store.database).claim(runner, 60)).not.toBeNull();
  });

  it('is not measured again within minutes, nor without that quota', async () => {
    const sweep = databaseSweep(store.database);
    await sweep.measureProjects();
    expect(await store.sql('SELECT measured_at FROM project')).toEqual([{ measured_at: null }]);
    await store.sql('UPDATE project SET stored_bytes = 10');
    await sweep.measureProjects();
    const first = await store.sql('SELECT measured_at FROM project');
    await sweep.measureProjects();
    expect(await store.sql('SELECT measured_at FROM project')).toEqual(first);
  });
});
