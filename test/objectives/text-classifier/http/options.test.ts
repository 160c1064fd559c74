import { afterAll, beforeAll, expect, it } from 'vitest';
import { startTestService, type TestService } from '../../../http/service.ts';
import { trainedCampaign, trainedStudy } from './definitions.ts';

let service: TestService;
beforeAll(async () => {
  service = await startTestService();
});
afterAll(() => service[Symbol.asyncDispose]());

const imdb = { type: 'lstm-text-classifier', dataset: 'imdb' };

const wrong: readonly (readonly [string, object, string])[] = [
  ['an unknown dataset', { ...imdb, dataset: 'novels' }, '/objective/dataset'],
  ['a train size of 0', { ...imdb, trainSize: 0 }, '/objective/trainSize'],
  ['a hyperparameter searched and fixed', { ...imdb, hyperparameters: { hiddenUnits: 3 } }, '/objective/hyperparameters/hiddenUnits'],
];

it.each(wrong)('refuses %s, names the place, and changes nothing', async (_, objective, at) => {
  const before = await service.checksum();
  const study = await service.post('/v1/studies', trainedStudy({ objective }));
  expect(study.json(), study.body).toMatchObject({ status: 422, code: 'invalid-study', errors: [{ pointer: at }] });
  const campaign = await service.post('/v1/campaigns', trainedCampaign({ objective }));
  expect(campaign.json(), campaign.body).toMatchObject({ status: 422, code: 'invalid-campaign', errors: [{ pointer: at }] });
  expect(await service.checksum()).toBe(before);
});

it('refuses values that a hyperparameter cannot take, in plain words', async () => {
  const refused = async (parameter: object) => {
    const study = trainedStudy({ searchSpace: [parameter], sampler: { type: 'random' }, budget: { trials: 1 } });
    return (await service.post('/v1/studies', study)).json().errors;
  };
  expect(await refused({ type: 'categorical', name: 'hiddenUnits', choices: ['a', 0] })).toMatchObject([
    { pointer: '/searchSpace/0/choices/0', detail: 'hiddenUnits must be a number, got "a"' },
    { pointer: '/searchSpace/0/choices/1', detail: 'hiddenUnits must be at least 1, got 0' },
  ]);
  expect(await refused({ type: 'float', name: 'hiddenUnits', low: 1, high: 4 })).toMatchObject([{ pointer: '/searchSpace/0/type' }]);
  expect(await refused({ type: 'float', name: 'learningRate', low: 0.001, high: 1000 })).toMatchObject([
    { pointer: '/searchSpace/0/high' },
  ]);
  expect(await refused({ type: 'int', name: 'wings', low: 1, high: 2 })).toMatchObject([{ pointer: '/searchSpace/0/name' }]);
});

it('refuses a search that changes values on the way where none of the searched ones can change', async () => {
  const searchSpace = [
    { type: 'int', name: 'hiddenUnits', low: 1, high: 9 },
    { type: 'int', name: 'epochs', low: 1, high: 6 },
  ];
  const study = trainedStudy({ searchSpace, sampler: { type: 'pbt', population: 4, interval: 2 }, budget: {} });
  expect((await service.post('/v1/studies', study)).json().errors).toEqual([
    { pointer: '/sampler/changes', detail: expect.stringContaining('add learningRate or dropout to the search space') },
  ]);
});
