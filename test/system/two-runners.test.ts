import { expect, test } from 'vitest';
import { createTestDatabase } from '../store/database.ts';
import { temporaryFolder } from '../store/temporary-folder.ts';
import { completed, getTrial, getTrials, postStudy, startProcess } from './service-process.ts';
import { longTrial } from './studies.ts';
import { until } from './until.ts';

test('a trial whose runner is killed is claimed by another after its lease ends and goes on from its last epoch', async () => {
  await using database = await createTestDatabase();
  await using folder = await temporaryFolder();
  const settings = {
    DATABASE_URL: database.url,
    CLAVIER_DATA_DIR: folder.path,
    CLAVIER_SLOTS: '1',
    CLAVIER_LEASE_SECONDS: '3',
    CLAVIER_HEARTBEAT_SECONDS: '0.5',
    CLAVIER_SWEEP_SECONDS: '0.5',
  };
  await using api = startProcess(['api'], settings);
  await using first = startProcess(['runner'], settings);
  const url = await api.url();
  const study = await postStudy(url, longTrial);
  const trial = async () => {
    const [only] = (await getTrials(url, study)).items;
    if (!only) throw new Error('the study has one trial');
    return getTrial(url, only.id);
  };
  await until('three epochs are recorded', async () => (await trial()).reports.length >= 3);
  await using second = startProcess(['runner'], settings);
  await until('the second runner is up', () => second.output().includes('training on 1 slot'));
  await first.killTree();
  const left = await trial();
  expect(left.state).toBe('running');
  expect(left.attempts).toBe(1);
  await completed(url, study);
  const done = await trial();
  expect(done.attempts).toBe(2);
  expect(done.failures).toBe(0);
  expect(done.reports.map((report) => report.epoch)).toEqual(Array.from({ length: 40 }, (_, index) => index + 1));
  // What was recorded before the kill was not trained again.
  expect(done.reports.slice(0, left.reports.length)).toEqual(left.reports);
  const gapMs = Date.parse(done.reports[left.reports.length]?.recordedAt ?? '') - Date.parse(left.reports.at(-1)?.recordedAt ?? '');
  expect(gapMs).toBeGreaterThan(2000);
});
