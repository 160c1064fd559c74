import { cp, readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readAddress } from '../../../../src/store/database/address.ts';
import { type Database, openDatabase } from '../../../../src/store/database/database.ts';
import { migrate } from '../../../../src/store/database/migrations.ts';
import { trainingContinuation, trialQueue } from '../../../../src/store/queue/queue.ts';
import { databaseReader } from '../../../../src/store/reader.ts';
import { databaseSweep } from '../../../../src/store/sweep.ts';
import { databaseTransactions } from '../../../../src/store/transactions.ts';
import { advanceStudy } from '../../../../src/studies/actions/advance.ts';
import { resolveSpec } from '../../../../src/studies/definition/resolve.ts';
import { planStart } from '../../../../src/studies/search/advance-plan.ts';
import { version } from '../../../../src/version.ts';
import { createEmptyDatabase, type TestDatabase } from '../../../store/database.ts';
import { runSql } from '../../../store/server.ts';
import { sampleEnvironment, stepRecord } from '../../../store/study-fixture.ts';
import { temporaryFolder } from '../../../store/temporary-folder.ts';
import { exportStudy } from '../../../support/exported.ts';
import { specOf, valuesOf } from '../trained-studies.ts';

// A database as the first version of the tables left it: a study in the middle of its trials.

const migrations = resolve(import.meta.dirname, '../../../../prisma/migrations');
const studyId = '01900000-0000-7000-8000-000000000001';
const token = '01900000-0000-7000-8000-0000000000aa';
const trialId = (number: number): string => `01900000-0000-7000-8000-00000000010${number}`;

let empty: TestDatabase;
let database: Database;
const sql = async (text: string) => (await runSql(empty.url, text)).rows;
const json = (value: unknown): string => `'${JSON.stringify(value)}'::jsonb`;

beforeAll(async () => {
  empty = await createEmptyDatabase();
  await using first = await temporaryFolder();
  const [init] = (await readdir(migrations)).sort();
  await cp(join(migrations, String(init)), join(first.path, String(init)), { recursive: true });
  await migrate({ address: readAddress(empty.url), folder: first.path, version, log: () => undefined });
  await fill();
  await migrate({ address: readAddress(empty.url), folder: migrations, version, log: () => undefined });
  database = openDatabase({ address: readAddress(empty.url), connections: 4 });
});
afterAll(async () => {
  await database[Symbol.asyncDispose]();
  await empty[Symbol.asyncDispose]();
});

/** Trial 0 completed after 2 epochs, 1 diverged in its second of 5, 2 runs after 3 with reports of a longer attempt, 3 is queued; 0 and 2 are one training. */
async function fill(): Promise<void> {
  const current = resolveSpec(specOf({ parallelism: 4 }), 7);
  const { progress } = planStart(current);
  const { metrics, schedule: _schedule, evaluate: _evaluate, labels: _labels, ...shared } = current;
  const spec = { ...shared, metric: metrics[0] };
  await sql(`INSERT INTO study (id, name, spec, state, sampler_version, sampler_state, proposed)
    VALUES ('${studyId}', 'old', ${json(spec)}, 'active', ${progress.version}, ${json(progress.state)}, 4)`);
  const done = "'completed', 0.2, 0.2, now(), NULL, NULL, NULL";
  const rows = [
    [0, 'same', 2, false, done],
    [1, 'other', 2, true, done],
    [2, 'same', 3, false, `'running', NULL, NULL, NULL, '${token}', now() + interval '1 hour', '${token}'`],
    [3, null, 0, false, "'queued', NULL, NULL, NULL, NULL, NULL, NULL"],
  ] as const;
  for (const [number, digest, epochs, diverged, state] of rows) {
    const parameters = { learningRate: 0.1, hiddenUnits: 10 + number, epochs: 5 };
    await sql(`INSERT INTO trial (id, study_id, number, parameters, origin, epochs_digest, epochs_done, diverged, metrics, state, value, score, finished_at, lease_token, lease_until, lease_runner)
      VALUES ('${trialId(number)}', '${studyId}', ${number}, ${json(parameters)}, '{"sampler":"random"}', ${digest === null ? 'NULL' : `'${digest}'`}, ${epochs}, ${diverged}, ${json(valuesOf(0.2))}, ${state})`);
    const reports = number === 2 ? 5 : epochs; // Epochs 4 and 5 belong to weights that were lost.
    for (let epoch = 1; epoch <= reports; epoch += 1)
      await sql(
        `INSERT INTO epoch_report (trial_id, epoch, metrics) VALUES ('${trialId(number)}', ${epoch}, ${json(valuesOf(epoch / 10))})`,
      );
  }
  await sql(
    "INSERT INTO epoch_checkpoint (epochs_digest, epoch, file, bytes, sha256) VALUES ('same', 3, 'epochs/sa/same/3.ckpt', 10, 'ab')",
  );
}

it('knows of the trials of an earlier version what each of their epochs came to, and no more', async () => {
  expect(await sql('SELECT result_key, step, values, diverged FROM step_result ORDER BY 1, 2')).toEqual([
    { result_key: 'other', step: 1, values: valuesOf(0.1), diverged: false },
    { result_key: 'other', step: 2, values: valuesOf(0.2), diverged: true },
    { result_key: 'same', step: 1, values: valuesOf(0.1), diverged: false },
    { result_key: 'same', step: 2, values: valuesOf(0.2), diverged: false },
    { result_key: 'same', step: 3, values: valuesOf(0.3), diverged: false },
  ]);
  expect(await sql('SELECT number, steps_trained FROM trial ORDER BY number')).toEqual(
    [2, 2, 3, 0].map((trained, number) => ({ number, steps_trained: trained })),
  );
});

it('brings a study of an earlier version to its end', async () => {
  const [queue, continuation, transactions] = [trialQueue(database), trainingContinuation(database), databaseTransactions(database)];
  const running = { trialId: trialId(2), token };
  expect(await continuation.begin(running, { resultKey: 'same', steps: 5, environment: sampleEnvironment })).toMatchObject({
    steps: 3,
    checkpoints: [{ step: 3 }],
  });
  await queue.recordStep(running, stepRecord(4, valuesOf(0.4), 'same'));
  await queue.complete(running, stepRecord(5, valuesOf(0.5), 'same'), false);
  await advanceStudy(transactions, studyId);
  for (let trial = await queue.claim(token, 60); trial; trial = await queue.claim(token, 60)) {
    await queue.complete(trial, stepRecord(1, valuesOf(0.1), `digest ${trial.number}`), false);
    await advanceStudy(transactions, studyId);
  }
  expect(await databaseSweep(database).studiesDue()).toEqual([]);
  const { state, campaign } = (await databaseReader(database).study(studyId)) ?? {};
  expect({ state, campaign }).toEqual({ state: 'completed', campaign: null });
  const { trials } = JSON.parse(await exportStudy(databaseReader(database), studyId));
  expect(trials.map(({ value }: { value: number }) => value)).toEqual([0.2, 0.2, 0.5, 0.1, 0.1]);
});
