import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { verifyStudy } from '../../src/studies/actions/verify.ts';
import type { StudyDocument } from '../../src/studies/document/document.ts';
import { evaluated } from './pruned-search.ts';
import { openStudyStore, type StudyStore } from './study-fixture.ts';

let store: StudyStore;
beforeAll(async () => {
  store = await openStudyStore();
});
afterAll(() => store[Symbol.asyncDispose]());
beforeEach(() => store.clear());

const study = {
  searchSpace: [
    { type: 'float', name: 'learningRate', low: 0.0005, high: 0.5115, step: 0.0005 },
    { type: 'int', name: 'hiddenUnits', low: 1, high: 511 },
    { type: 'int', name: 'steps', low: 1, high: 9 },
  ],
  objective: { type: 'test-function', function: 'lstm-landscape' },
  parallelism: 4,
  budget: { trials: 100 },
};

/** Searches with rungs, each with its number of trials: those of the first rungs and of the further ones. */
const searches: Readonly<Record<string, readonly [Record<string, unknown>, number | null]>> = {
  'successive halving of random configurations': [
    { ...study, sampler: { type: 'successive-halving', proposer: { type: 'random' }, rounds: 2 } },
    2 * (9 + 3 + 1),
  ],
  'hyperband with tpe': [
    { ...study, sampler: { type: 'hyperband', proposer: { type: 'tpe', startupTrials: 3 }, rounds: 1 } },
    9 + 3 + 1 + 5 + 1 + 3,
  ],
  'a genetic search with rungs': [
    { ...study, sampler: { type: 'genetic', population: 6, elites: 2, rungs: { reductionFactor: 2 } }, budget: { generations: 4 } },
    null,
  ],
  'hyperband that its budget ends': [
    { ...study, sampler: { type: 'hyperband', reductionFactor: 2, batch: 2, proposer: { type: 'quasi-random' } }, budget: { trials: 17 } },
    17,
  ],
};

describe.each(Object.entries(searches))('%s', (_title, [definition, trials]) => {
  it('has the same export with any number of slots, at any speed and after any crash, and verifies', async () => {
    const expected = await evaluated(store, definition, { slots: 1, seed: 1 });
    const document: StudyDocument = JSON.parse(expected);
    if (trials !== null) expect(document.trials).toHaveLength(trials);
    for (const disorder of [
      { slots: 2, seed: 2, deaths: 0.03 },
      { slots: 8, seed: 3, deaths: 0.03 },
    ]) {
      await store.clear();
      expect(await evaluated(store, definition, disorder)).toBe(expected);
    }
    const [row] = await store.sql('SELECT id FROM study');
    expect(await verifyStudy(store.reader, String(row?.['id']))).toMatchObject({ verified: true, differences: [] });
  });

  it('evaluates no step twice: a trial that continues another one has its steps', async () => {
    await evaluated(store, definition, { slots: 3, seed: 4 });
    const rows = await store.sql(`
      SELECT trial.steps_done AS steps, trial.steps_trained AS evaluated, trial.parameters, earlier.steps_done AS "earlierSteps", earlier.parameters AS "earlierParameters"
      FROM trial JOIN trial AS earlier ON earlier.study_id = trial.study_id AND earlier.number = (trial.origin ->> 'continues')::int`);
    expect(rows.length).toBeGreaterThan(0);
    for (const { steps, evaluated: own, parameters, earlierSteps, earlierParameters } of rows) {
      expect(own).toBeLessThanOrEqual(Number(steps) - Number(earlierSteps));
      expect({ ...(parameters as object), steps: earlierSteps }).toEqual(earlierParameters);
    }
  });
});
