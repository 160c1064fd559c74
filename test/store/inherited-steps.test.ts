import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { InheritedSteps } from '../../src/objectives/evaluator.ts';
import type { KnownTraining } from '../../src/studies/ports/continuation.ts';
import type { ClaimedTrial } from '../../src/studies/ports/queue.ts';
import { storedCheckpoints, storedSteps } from './inspect.ts';
import { trialRow } from './one-trial.ts';
import { sameTraining } from './same-training.ts';
import { addStudy, claimed, openStudyStore, type StudyStore, sampleEnvironment, stepRecord, valuesOf } from './study-fixture.ts';

let store: StudyStore;
beforeAll(async () => {
  store = await openStudyStore();
});
afterAll(() => store[Symbol.asyncDispose]());
beforeEach(() => store.clear());

const runner = randomUUID();

/** Training `root` has 2 steps in common with `parent`, which has 4 in common with `child`. */
const inParent: readonly InheritedSteps[] = [{ resultKey: 'root', lastStep: 2 }];
const inChild: readonly InheritedSteps[] = [...inParent, { resultKey: 'parent', lastStep: 4 }];

async function begin(trial: ClaimedTrial, resultKey: string, inherited: readonly InheritedSteps[] = []): Promise<KnownTraining> {
  const steps = Number(trial.parameters['steps']);
  const found = await store.continuation.begin(trial, {
    resultKey,
    steps,
    environment: sampleEnvironment,
    ...(inherited.length > 0 && { inherited }),
  });
  if (!found) throw new Error('the lease is lost');
  return found;
}

/** The record of a step: its value and its checkpoint's file tell the training that took it. */
const stepOf = (key: string, step: number) => {
  const offset = { root: 10, parent: 20, child: 30 }[key] ?? 90;
  return { ...stepRecord(step, valuesOf(offset + step), key), checkpoint: { step, file: `${key}/${step}`, bytes: 7, sha256: 'ab' } };
};

async function take(trial: ClaimedTrial, key: string, from: number, to: number): Promise<void> {
  for (let step = from; step <= to; step += 1) await store.queue.recordStep(trial, stepOf(key, step));
}

/** Trains the root to `rootSteps` and the parent to 4, with a trial for each, and claims that of the child. */
async function grown(rootSteps = 3): Promise<ClaimedTrial> {
  await addStudy(store, sameTraining(rootSteps));
  const root = await claimed(store, runner);
  await begin(root, 'root');
  await take(root, 'root', 1, rootSteps - 1);
  await store.queue.complete(root, stepOf('root', rootSteps), false);
  await addStudy(store, sameTraining(4));
  const parent = await claimed(store, runner);
  await store.continuation.adopt(parent, (await begin(parent, 'parent', inParent)).steps);
  await take(parent, 'parent', 3, 3);
  await store.queue.complete(parent, stepOf('parent', 4), false);
  await addStudy(store, sameTraining(6));
  return claimed(store, runner);
}

const stepsOf = async (key: string): Promise<unknown[]> =>
  (await storedSteps(store))
    .filter(({ resultKey }) => resultKey === key)
    .map(({ step, values }) => [step, (values as { value: number }).value]);
const offered = ({ checkpoints }: KnownTraining): string[] => checkpoints.map(({ file }) => file);

describe('a training that begins with the steps of others', () => {
  it('has each of their steps up to the change as its own, and none after it', async () => {
    const child = await grown();
    expect(await begin(child, 'child', inChild)).toMatchObject({ steps: 4, diverged: false });
    expect(await stepsOf('child')).toEqual([
      [1, 11],
      [2, 12],
      [3, 23],
      [4, 24],
    ]);
    expect(await stepsOf('root')).toHaveLength(3);
    expect(await storedCheckpoints(store)).toHaveLength(5);
  });

  it('counts for its trial only the steps after them, and says so in its measurements', async () => {
    const child = await grown();
    await store.continuation.adopt(child, (await begin(child, 'child', inChild)).steps);
    await take(child, 'child', 5, 5);
    await store.queue.complete(child, stepOf('child', 6), false);
    expect(await trialRow(store, child)).toMatchObject({ state: 'completed', stepsDone: 6, stepsTrained: 2, source: 'trained' });
    expect((await store.reader.measurements(child.trialId)).map(({ values }) => values['value'])).toEqual([11, 12, 23, 24, 35, 36]);
  });

  it('is offered their checkpoints up to each change, the latest first', async () => {
    const child = await grown();
    expect(offered(await begin(child, 'child', inChild))).toEqual(['parent/4', 'parent/3', 'root/2', 'root/1']);
  });

  it('is offered its own checkpoint of a step before that of another, and the others where its own are gone', async () => {
    const child = await grown();
    await begin(child, 'child', inChild);
    await store.continuation.adopt(child, 1);
    await take(child, 'child', 2, 5);
    expect(offered(await begin(child, 'child', inChild))).toEqual(['child/5', 'child/4', 'child/3', 'child/2', 'root/1']);
    await store.sql("DELETE FROM step_checkpoint WHERE result_key = 'child' AND step > 3");
    expect(offered(await begin(child, 'child', inChild))).toEqual(['parent/4', 'child/3', 'child/2', 'root/1']);
    await store.sql("DELETE FROM step_checkpoint WHERE result_key <> 'root'");
    expect(offered(await begin(child, 'child', inChild))).toEqual(['root/2', 'root/1']);
  });

  it('may begin again: a step that it has stays', async () => {
    const child = await grown();
    await begin(child, 'child', inChild);
    await store.sql(`UPDATE step_result SET values = '{"value": 0.5}' WHERE result_key = 'child' AND step = 2`);
    const before = await store.everything();
    expect(await begin(child, 'child', inChild)).toMatchObject({ steps: 4 });
    expect(await store.everything()).toEqual(before);
  });

  it('begins after the last step before a gap, and ends with a step that diverged', async () => {
    const child = await grown();
    await store.sql("DELETE FROM step_result WHERE result_key = 'parent' AND step = 3");
    const known = await begin(child, 'child', inChild);
    expect([known.steps, offered(known)]).toEqual([2, ['root/2', 'root/1']]);
    await store.sql("UPDATE step_result SET diverged = true WHERE result_key = 'root' AND step = 2");
    expect(await begin(child, 'another child', inChild)).toMatchObject({ steps: 2, diverged: true });
    expect(await stepsOf('another child')).toEqual([
      [1, 11],
      [2, 12],
    ]);
  });

  it('has none of them in another environment, and begins from nothing', async () => {
    const child = await grown();
    const elsewhere = inChild.map((part) => ({ ...part, resultKey: `${part.resultKey} of another processor` }));
    expect(await begin(child, 'child of another processor', elsewhere)).toEqual({ steps: 0, diverged: false, checkpoints: [] });
  });
});
