import { expect, it } from 'vitest';
import { partialCampaignViolations } from '../../src/campaigns/partial.ts';

const random = { name: 'random', sampler: { type: 'random' }, budget: { trials: 2 } };
const found = (changes: object): string[] =>
  partialCampaignViolations({
    name: 'campaign',
    searchSpace: [
      { type: 'float', name: 'x1', low: -5, high: 5 },
      { type: 'float', name: 'x2', low: -5, high: 5 },
    ],
    metric: { name: 'value' },
    objective: { type: 'test-function', function: 'sphere-2' },
    studies: [random],
    seed: -1,
    ...changes,
  }).map(({ pointer, detail }) => `${pointer} ${detail}`);

it.each([
  [
    'the names of studies',
    { studies: [{ ...random, name: 'test' }, random, random] },
    [
      '/studies/0/name test is reserved for a part after the search: choose another name',
      '/studies/2/name a study named random is already listed',
    ],
  ],
  ['a search that leaves its sampler open', { studies: [{ ...random, sampler: undefined }] }, []],
  [
    'a finalist of no study',
    { final: { finalists: [{ study: 'grid', top: 0 }] } },
    ['/final/finalists/0/study there is no study grid; there are random'],
  ],
  [
    'a finalist that is listed twice',
    { final: { finalists: [{ study: 'random' }, { study: 'random' }], cross: 1 } },
    ['/final/finalists/1/study random is already listed: use top for more of its best trials'],
  ],
  [
    'more finalists than trials',
    { final: { finalists: [{ study: 'random', top: 3 }] } },
    ['/final/finalists/0/top must be at most 2, the number of trials of the study, got 3'],
  ],
  [
    'fewer points than finalists',
    { final: { finalists: [{ study: 'random', top: 2 }], grid: { trials: 1, wings: 2 } } },
    ['/final/grid/trials must be at least the number of finalists (2), got 1'],
  ],
  [
    'more data of an objective without',
    { evaluation: { trainSize: 7, repeats: -1 } },
    ['/evaluation/trainSize the objective test-function has no data whose size could vary: omit it'],
  ],
])('beside an invalid value, %s is found', (_what, changes, expected) => {
  expect(found(changes)).toEqual(expected);
});

it.each([
  ['the names of studies', { studies: [random, { ...random, name: 'Grid' }], final: { finalists: [{ study: 'grid' }] } }],
  ['the list of studies', { studies: 'random', final: { finalists: [{ study: 'random' }] } }],
  ['the budget of a study', { studies: [{ ...random, budget: { trials: 0 } }], final: { finalists: [{ study: 'random', top: 3 }] } }],
  ['the number of finalists', { final: { finalists: [{ study: 'random', top: 99 }], grid: { trials: 1 } } }],
  ['the list of finalists', { final: { finalists: {}, grid: { trials: 1 } } }],
])('nothing is found that follows from %s if that is invalid', (_what, changes) => {
  expect(found(changes)).toEqual([]);
});
