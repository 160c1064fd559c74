import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { AskAnswer, AskedTrialRepresentation } from '../../src/api/ask.ts';
import { invariant } from '../../src/shared/errors.ts';
import { readAddress } from '../../src/store/database/address.ts';
import { openDatabase } from '../../src/store/database/database.ts';
import type { Lease } from '../../src/studies/ports/queue.ts';
import { testAsking } from '../http/asking.ts';
import { externalStudy } from '../http/definitions.ts';
import { createTestDatabase, type TestDatabase } from '../store/database.ts';
import { runSql } from '../store/server.ts';
import { type TemporaryFolder, temporaryFolder } from '../store/temporary-folder.ts';
import { eventually } from '../support/eventually.ts';
import { getStudy, getTrial, postStudy, type ServiceProcess, startProcess } from './service-process.ts';

/** An api process without a runner. */
let database: TestDatabase;
let folder: TemporaryFolder;
let api: ServiceProcess;
let url: string;
beforeAll(async () => {
  database = await createTestDatabase();
  folder = await temporaryFolder();
  api = startProcess(['api'], { DATABASE_URL: database.url, CLAVIER_DATA_DIR: folder.path, CLAVIER_SWEEP_SECONDS: '0.5' });
  url = await api.url();
});
afterAll(async () => {
  await api[Symbol.asyncDispose]();
  await folder[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
});

async function askOnce(study: string): Promise<AskedTrialRepresentation> {
  const body = JSON.stringify({ worker: 'test', leaseSeconds: 5 });
  const response = await fetch(`${url}/v1/studies/${study}/ask`, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
  const { trials } = (await response.json()) as AskAnswer; // the contract tests check the answers against the OpenAPI document
  const [trial] = trials;
  invariant(trial, 'a trial was given out');
  return trial;
}

const isEnded = (study: string) =>
  eventually(async () => (await getStudy(url, study)).endedAt !== null, { until: 'it has ended', seconds: 10 });

/** Stores a result and tells no dispatcher, as a process does that is killed then. */
async function storeResult(lease: Lease, accuracy: number): Promise<void> {
  await using connections = openDatabase({ address: readAddress(database.url), connections: 1 });
  await using asking = testAsking(connections, database.url);
  const answer = await asking.trials.complete(lease, { values: { accuracy }, checkpoint: null, attributes: null, links: null });
  expect(answer.kind).toBe('settled');
}

test('ends a study whose last result nobody observed, because the process that stored it was killed', async () => {
  const study = await postStudy(url, externalStudy({ sampler: { type: 'random' }, budget: { trials: 1 } }));
  const { id, lease } = await askOnce(study);
  await storeResult({ trialId: id, token: lease.token }, 0.5);
  await isEnded(study);
  expect((await getStudy(url, study)).best).toMatchObject({ value: 0.5 });
});

test('fails a trial whose leases keep ending, and returns others to the queue, although nobody asks', async () => {
  const study = await postStudy(url, externalStudy({ sampler: { type: 'random' }, budget: { trials: 2 } }));
  const [lost, other] = [await askOnce(study), await askOnce(study)];
  const past = "lease_until = clock_timestamp() - interval '1 hour', lease_seconds = 0.1";
  await runSql(database.url, `UPDATE trial SET ${past}, lease_expiries = 9 WHERE id = '${lost.id}'`);
  await runSql(database.url, `UPDATE trial SET ${past} WHERE id = '${other.id}'`);
  await eventually(async () => (await getTrial(url, other.id)).state === 'queued', { until: 'it is queued', seconds: 10 });
  expect(await getTrial(url, lost.id)).toMatchObject({ state: 'failed', error: { code: 'runner-lost' } });
});

test('counts the active time of a study for workers of clients, and of no other', async () => {
  const study = await postStudy(url, externalStudy({ sampler: { type: 'random' }, budget: { trials: 100, wallClockSeconds: 2 } }));
  const ours = await postStudy(url, {
    name: randomUUID(),
    searchSpace: [
      { type: 'float', name: 'x1', low: -5, high: 10 },
      { type: 'float', name: 'x2', low: 0, high: 15 },
    ],
    metrics: [{ name: 'value' }],
    sampler: { type: 'random' },
    budget: { trials: 10, wallClockSeconds: 2 },
    objective: { type: 'test-function', function: 'branin' },
  });
  await isEnded(study);
  expect((await getStudy(url, study)).outcome).toMatchObject({ reason: 'wall-clock' });
  expect(await getStudy(url, ours)).toMatchObject({ state: 'active', elapsedSeconds: 0 });
});
