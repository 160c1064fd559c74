import { expect, it } from 'vitest';
import { randomStream } from '../../../src/shared/random.ts';
import { isFinal } from '../../../src/studies/model/states.ts';
import { planAdvance } from '../../../src/studies/search/advance-plan.ts';
import type { AdvanceView } from '../../../src/studies/search/plan.ts';
import { advance, openTrials, settle, specOf, startStudy, viewOf } from '../simulator.ts';

const givenTrials = Array.from({ length: 60 }, (_, place) => ({
  parameters: { learningRate: (5 + 5 * (place % 41)) / 10_000, hiddenUnits: 1 + (place % 63) },
  ...(place % 7 === 0 && { values: { value: Math.sin(place) } }),
}));

const failure = { code: 'training-error', message: 'it failed' };

const searches = {
  tpe: { sampler: { type: 'tpe', candidates: 2 }, parallelism: 6 },
  'asynchronous tpe': { sampler: { type: 'tpe', candidates: 2 }, parallelism: 6, schedule: 'asynchronous' },
  random: { sampler: { type: 'random' }, parallelism: 6 },
  genetic: { sampler: { type: 'genetic', population: 8, elites: 2 }, parallelism: 8 },
};

/** The view without the trials behind the first open one, or without those of them that did not fail. */
function cut(view: AdvanceView, keepsFailed: boolean): AdvanceView {
  const first = view.trials.findIndex(({ state }) => !isFinal(state));
  const trials = view.trials.filter(({ state }, place) => place <= first || (keepsFailed && state === 'failed'));
  return { ...view, trials, isFull: true };
}

it.each(Object.entries(searches))('while many trials are open, a step needs only those up to the first open one (%s)', (_name, fields) => {
  const chance = randomStream(1, 'order');
  const study = startStudy(specOf({ budget: { trials: 90 }, givenTrials, ...fields }));
  let compared = 0;
  while (study.state === 'active') {
    const open = openTrials(study);
    for (const number of open.splice(chance.integer(Math.min(open.length, 10)), 1))
      settle(study, number, () => (chance.integer(9) === 0 ? failure : chance.uniform()));
    const view = viewOf(study);
    if (open.length >= study.spec.parallelism) {
      for (const keepsFailed of [true, false]) expect(planAdvance(cut(view, keepsFailed))).toEqual(planAdvance(view));
      compared += 1;
    }
    advance(study);
  }
  expect(compared).toBeGreaterThan(40);
});
