import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { commandLine } from './command-line.ts';
import { studyId } from './studies.ts';

const added = [
  { id: '01900000-0000-7000-8000-000000000201', number: 7, state: 'queued' },
  { id: '01900000-0000-7000-8000-000000000202', number: 8, state: 'completed' },
] as const;
const addTrials = async () => [...added];

async function fileWith(content: unknown): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'clavier-given-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const file = join(folder, 'trials.json');
  await writeFile(file, JSON.stringify(content));
  return file;
}

test('study add-trials sends the trials of a file, and prints their numbers', async () => {
  const trials = [{ parameters: { x: 1 } }, { parameters: { x: 2 }, values: { loss: 'NaN' } }];
  const file = await fileWith({ trials });
  const { code, out, calls } = await commandLine(['study', 'add-trials', studyId, file], { addTrials });
  expect(calls).toEqual([['addTrials', studyId, trials]]);
  expect([code, out]).toEqual([0, added.map(({ id, number, state }) => `${number}  ${id}  ${state}\n`).join('')]);
  const json = await commandLine(['study', 'add-trials', studyId, file, '--json'], { addTrials });
  expect(JSON.parse(json.out)).toEqual(added);
});

test('study add-trials without a list of trials sends nothing and ends with 2', async () => {
  const { code, calls } = await commandLine(['study', 'add-trials', studyId, await fileWith({ trial: 1 })], { addTrials });
  expect([code, calls]).toEqual([2, []]);
});
