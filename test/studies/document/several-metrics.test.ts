import { expect, test, vi } from 'vitest';
import { digestOf } from '../../../src/shared/digest.ts';
import { randomStream } from '../../../src/shared/random.ts';
import { advanceStudy } from '../../../src/studies/actions/advance.ts';
import type { FakeTraining } from '../../campaigns/memory-store.ts';
import { begin, documentOf, exportOf, imported, type Searched, studyOf } from './searches.ts';

vi.mock('../../../src/objectives/test-function/objective.ts', async (original) => {
  const { withEveryFeature } = await import('../../objectives/every-feature.ts');
  return withEveryFeature(await original());
});

/** Two metrics that conflict, more or less; some trials fail, and some lack a value. */
const training: FakeTraining = ({ parameters }) => {
  const draws = randomStream(digestOf(parameters), 'values');
  const kind = draws.integer(9);
  if (kind === 0) return null;
  const value = draws.uniform();
  return { values: { value, gain: kind === 1 ? null : value + draws.uniform() }, evaluation: null };
};

/** Settles the trials that are open in any order, and moves the study on after most of them, until it ends. */
async function finish({ store, id, planned }: Searched): Promise<void> {
  const chance = randomStream(7, 'order');
  for (let ended = false; !ended; ended = (await studyOf({ store, id })).state !== 'active') {
    const open = store.open();
    const next = open[chance.integer(Math.max(1, open.length))];
    if (next) await store.settle(id, next.number, training);
    if (!next || chance.integer(4) > 0) await advanceStudy(store, id);
    await planned();
  }
}

const tpe = { sampler: { type: 'tpe', startupTrials: 5, candidates: 8 }, budget: { trials: 25 } };
const gp = { sampler: { type: 'gp', startupTrials: 5 }, budget: { trials: 10 } };

test.each([
  ['tpe', tpe],
  ['tpe, asynchronous', { ...tpe, schedule: 'asynchronous' }],
  ['tpe with a limit', { ...tpe, constraints: [{ metric: 'value', max: 0.7 }] }],
  ['gp', gp],
  ['gp with a limit, asynchronous', { ...gp, schedule: 'asynchronous', constraints: [{ metric: 'gain', max: 1.4 }] }],
])(
  'a study with two metrics (%s) is replayed suggestion by suggestion, and exports the same bytes once imported',
  async (_title, fields) => {
    const original = await begin({ ...fields, metrics: [{ name: 'value' }, { name: 'gain' }] });
    await finish(original);
    const document = await documentOf(original);
    expect(document.trials.some(({ origin }) => origin['phase'] === 'model')).toBe(true);
    expect(await exportOf(await imported({ document }))).toBe(await exportOf(original));
    // The replay notices a suggestion that its results do not lead to.
    const last = document.trials.length - 1;
    const changed = document.trials.map((trial, place) =>
      place === last ? { ...trial, parameters: { learningRate: 0.0205, hiddenUnits: 63 } } : trial,
    );
    await expect(imported({ document: { ...document, trials: changed } })).rejects.toThrow();
  },
  60_000,
);
