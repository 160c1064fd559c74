import { expect, it } from 'vitest';
import { finalTrials, trialsFrom, unknownTrials } from '../../src/store/workers/unobserved.ts';
import type { TrialResult } from '../../src/studies/model/trial.ts';

const trial = (number: number, state: TrialResult['state'] = 'completed'): TrialResult => ({
  number,
  index: number,
  given: null,
  state,
  parameters: {},
  origin: {},
  value: null,
  diverged: false,
  error: null,
});
const end = 2_147_483_647;

it('asks for every trial that is not known', () => {
  expect(unknownTrials([])).toEqual({ low: [0], high: [end] });
  const known = finalTrials([trial(3), trial(4), trial(5, 'running'), trial(6, 'cancelled'), trial(7)]);
  expect(unknownTrials(known)).toEqual({ low: [0, 5, 8], high: [3, 7, end] });
});

it('has all trials from a number on, in order, known and read', () => {
  const known = finalTrials([trial(2), trial(5)]);
  expect(trialsFrom(3, known, [trial(6, 'queued'), trial(4, 'running'), trial(3)]).map(({ number }) => number)).toEqual([3, 4, 5, 6]);
});
