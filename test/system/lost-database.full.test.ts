import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { startEmbeddedPostgres } from '../../src/store/embedded/start.ts';
import { eventually } from '../support/eventually.ts';
import { dataFolder } from './data-folder.ts';
import { allGone, processTree, withCommand } from './process-tree.ts';
import { completed, getTrial, getTrials, postStudy, startProcess } from './service-process.ts';
import { endlessTrial, longEvaluation } from './studies.ts';

const settings = (path: string) => ({
  CLAVIER_DATA_DIR: path,
  CLAVIER_SLOTS: '1',
  CLAVIER_LEASE_SECONDS: '3',
  CLAVIER_HEARTBEAT_SECONDS: '0.5',
  CLAVIER_SWEEP_SECONDS: '0.5',
});

/** The server of a data folder: the only process with that command line. */
function postmaster(path: string): number {
  const [pid] = withCommand(`postgres -D ${path}/`);
  if (pid === undefined) throw new Error(`no PostgreSQL runs on ${path}`);
  return pid;
}

/** Starts a study of one trial and waits until it has a step. */
async function underWay(url: string, definition: object): Promise<{ study: string; trial: string }> {
  const study = await postStudy(url, definition);
  const [trial] = (await getTrials(url, study)).items;
  if (!trial) throw new Error('the study has one trial');
  await eventually(async () => (await getTrial(url, trial.id)).stepsDone >= 1, { until: 'a step is recorded' });
  return { study, trial: trial.id };
}

test('a study whose embedded PostgreSQL is killed under a living serve, twice, completes', async () => {
  await using folder = await dataFolder();
  await using service = startProcess(['serve'], settings(folder.path));
  const url = await service.url();
  const { study, trial } = await underWay(url, longEvaluation);
  for (const times of [1, 2]) {
    process.kill(postmaster(folder.path), 'SIGKILL');
    await eventually(() => service.output().split('PostgreSQL runs again on').length === times + 1, { until: 'it runs again' });
  }
  await completed(url, study);
  expect((await getTrial(url, trial)).failures).toBe(0);
  service.signal('SIGTERM');
  expect(await service.exited, service.output()).toBe(0);
  await eventually(() => withCommand(`postgres -D ${folder.path}/`).length === 0, { until: 'no PostgreSQL is left', seconds: 5 });
});

test('a serve whose embedded PostgreSQL cannot be started again says so and ends with exit code 1', async () => {
  await using folder = await dataFolder();
  await using service = startProcess(['serve'], settings(folder.path));
  await underWay(await service.url(), endlessTrial);
  const tree = processTree(service.pid);
  const pid = postmaster(folder.path);
  await rm(join(folder.path, 'postgres', 'PG_VERSION'));
  process.kill(pid, 'SIGKILL');
  expect(await service.exited, service.output()).toBe(1);
  await service.closed;
  expect(service.output()).toMatch(/^clavier: PostgreSQL ended and cannot be restarted: /m);
  await allGone(tree);
});

test.each(['SIGTERM', 'SIGHUP'] as const)('%s to a runner whose database is away ends it and its trainers', async (signal) => {
  await using folder = await dataFolder();
  const database = await startEmbeddedPostgres({ dataFolder: folder.path, log: () => undefined, durable: false });
  await using api = startProcess(['api'], { ...settings(folder.path), DATABASE_URL: database.url });
  await using runner = startProcess(['runner'], { ...settings(folder.path), DATABASE_URL: database.url });
  await underWay(await api.url(), endlessTrial);
  const tree = [...processTree(runner.pid), api.pid];
  await database[Symbol.asyncDispose]();
  for (const one of [api, runner]) one.signal(signal);
  expect([0, 1]).toContain(await runner.exited);
  expect(await api.exited, api.output()).toBe(0);
  await allGone(tree);
});

test('a second signal ends a serve whose database is away, within seconds', async () => {
  await using folder = await dataFolder();
  await using service = startProcess(['serve'], settings(folder.path));
  await underWay(await service.url(), endlessTrial);
  const database = processTree(postmaster(folder.path));
  const guard = withCommand(`${folder.path}/postgres-`);
  const others = processTree(service.pid).filter((one) => ![...database, ...guard].includes(one));
  for (const one of database) process.kill(one, 'SIGSTOP'); // takes connections and answers none
  service.signal('SIGTERM');
  await eventually(() => service.output().includes('stopping: '), { until: 'it stops' });
  service.signal('SIGTERM');
  expect(await service.exited).toBe(1);
  expect(service.output()).toContain('graceful shutdown timed out');
  await allGone(others);
});
