import { expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { dataFolder } from './data-folder.ts';
import { allGone, descendants, processTree, runs } from './process-tree.ts';
import { getTrial, getTrials, postStudy, startProcess } from './service-process.ts';
import { longTrial } from './studies.ts';

const oneSlot = (path: string) => ({ CLAVIER_DATA_DIR: path, CLAVIER_SLOTS: '1' });

async function trainingTrial(url: string) {
  const study = await postStudy(url, longTrial);
  const [trial] = (await getTrials(url, study)).items;
  if (!trial) throw new Error('the study has one trial');
  await eventually(async () => (await getTrial(url, trial.id)).stepsDone >= 1, { until: 'a step is recorded' });
  return trial.id;
}

test('a second serve on the same data folder says who holds it and exits with code 2', async () => {
  await using folder = await dataFolder();
  await using first = startProcess(['serve'], oneSlot(folder.path));
  await first.url();
  await using second = startProcess(['serve'], oneSlot(folder.path));
  expect(await second.exited).toBe(2);
  expect(second.output()).toContain(`process ${first.pid}`);
  expect(second.output()).toContain('CLAVIER_DATA_DIR');
});

test('a wrong setting is one line and exit code 2', async () => {
  await using service = startProcess(['serve'], { CLAVIER_SLOTS: 'many' });
  expect(await service.exited).toBe(2);
  expect(service.output().trim().split('\n')).toHaveLength(1);
  expect(service.output()).toContain('CLAVIER_SLOTS');
});

test('a runner without an address of the database says so and exits with code 2', async () => {
  await using service = startProcess(['runner'], {});
  expect(await service.exited).toBe(2);
  expect(service.output()).toContain('DATABASE_URL');
});

test('SIGTERM lets the running step finish, puts the trial back with it, stops everything, and exits with code 0', async () => {
  await using folder = await dataFolder();
  await using service = startProcess(['serve'], oneSlot(folder.path));
  const trial = await trainingTrial(await service.url());
  const tree = processTree(service.pid);
  service.signal('SIGTERM');
  expect(await service.exited).toBe(0);
  await allGone(tree);
  await using again = startProcess(['serve'], oneSlot(folder.path));
  const url = await again.url();
  await eventually(async () => (await getTrial(url, trial)).attempts === 2, { until: 'it goes on' });
  expect((await getTrial(url, trial)).failures).toBe(0);
});

test('trainers of a serve that is killed end themselves, and the next start adopts its PostgreSQL', async () => {
  await using folder = await dataFolder();
  await using service = startProcess(['serve'], oneSlot(folder.path));
  const trial = await trainingTrial(await service.url());
  const trainers = descendants(service.pid, 'trainer.js');
  const [postmaster] = descendants(service.pid, 'postgres');
  expect(trainers).toHaveLength(1);
  service.signal('SIGKILL');
  await service.exited;
  await allGone(trainers, 10);
  expect(postmaster !== undefined && runs(postmaster)).toBe(true);
  await using again = startProcess(['serve'], oneSlot(folder.path));
  const url = await again.url();
  expect(again.output()).toContain('adopted the embedded PostgreSQL of an earlier process');
  expect(again.output()).toContain('requeued the trials of a dead runner on this machine');
  await eventually(async () => (await getTrial(url, trial)).attempts === 2, { until: 'the trial goes on' });
  again.signal('SIGTERM');
  expect(await again.exited).toBe(0);
  await allGone(postmaster === undefined ? [] : [postmaster]);
});
