import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { resultKeyIn } from '../../../../src/access/reuse.ts';
import type { Trial } from '../../../../src/studies/model/trial.ts';
import type { Bench } from '../../../runner/bench.ts';
import { eventually } from '../../../support/eventually.ts';
import { exportStudy } from '../../../support/exported.ts';
import { addStudy } from '../trained-studies.ts';
import { openClassifierBench } from './bench.ts';

let bench: Bench;
beforeEach(async () => {
  bench = await openClassifierBench();
  await bench.store.sql("INSERT INTO project (name) VALUES ('vision')");
});
afterEach(() => bench[Symbol.asyncDispose]());

/** One trial of three epochs: the same training in every project. */
const sameTraining = {
  searchSpace: [
    { type: 'float', name: 'learningRate', low: 0.001, high: 0.1 },
    { type: 'int', name: 'epochs', low: 1, high: 15 },
  ],
  sampler: { type: 'list', points: [{ learningRate: 0.01, epochs: 3 }] },
  budget: { trials: 1 },
};

function addTo(project: string): Promise<string> {
  const { store } = bench;
  const transactions = { ...store.transactions, ...store.transactions.ownedBy({ project, createdBy: null }) };
  return addStudy({ ...store, transactions }, sameTraining);
}

const ended = (study: string) => eventually(async () => expect((await bench.store.reader.study(study))?.endedAt).toBeInstanceOf(Date));
const trialOf = async (studyId: string): Promise<Trial | undefined> => (await bench.store.reader.trials({ studyId, limit: 1 })).items[0];
const trained = async () => (await bench.trainerLog()).flatMap((line) => line.trained ?? []);
const keyOf = async (studyId: string) =>
  String((await bench.store.sql(`SELECT result_key FROM trial WHERE study_id = '${studyId}'`))[0]?.['result_key']);

describe('the same training in two projects', () => {
  it('is trained once in each, and reused within each alone', async () => {
    await bench.start();
    const [first, other] = [await addTo('default'), await addTo('vision')];
    await ended(first);
    await ended(other);
    for (const study of [first, other]) expect(await trialOf(study)).toMatchObject({ source: 'trained', stepsDone: 3, stepsTrained: 3 });
    const again = [await addTo('default'), await addTo('vision')];
    for (const study of again) {
      await ended(study);
      expect(await trialOf(study)).toMatchObject({ source: 'reused', reuse: 'equal', stepsDone: 3, stepsTrained: 0 });
    }
    expect((await trained()).toSorted()).toEqual([1, 1, 2, 2, 3, 3]);
    const key = await keyOf(first);
    expect(await keyOf(other)).toBe(resultKeyIn('vision', key));
    expect(await exportStudy(bench.store.reader, other)).toBe(await exportStudy(bench.store.reader, first));
  });

  it('runs at the same time in both', async () => {
    await bench.behave('hold', 2);
    const studies = [await addTo('default'), await addTo('vision')];
    await bench.start({ settings: { slots: 2 } });
    await eventually(async () => expect(await trained()).toEqual([1, 1]));
    expect(await Promise.all(studies.map(async (study) => (await trialOf(study))?.state))).toEqual(['running', 'running']);
    await bench.release();
    for (const study of studies) await ended(study);
  });
});
