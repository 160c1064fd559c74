import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hyperparameterRanges } from '../../../../src/objectives/text-classifier/hyperparameters.ts';
import { startTestService, type TestService } from '../../../http/service.ts';
import { trainedCampaign, trainedStudy } from './definitions.ts';

let service: TestService;
beforeAll(async () => {
  service = await startTestService();
});
afterAll(() => service[Symbol.asyncDispose]());

const json = { 'content-type': 'application/json' };

/** Most points that the document promises to the list sampler. */
function mostPoints(): number {
  const document = JSON.parse(JSON.stringify(service.app.swagger()));
  return document.components.schemas.ListSampler.properties.points.maxItems;
}

/** A search space of every hyperparameter there is, and one of its points, written as long as numbers are. */
const widestSpace = [
  { type: 'float', name: 'learningRate', low: 0.000001, high: 0.9 },
  { type: 'int', name: 'hiddenUnits', low: 1, high: 2048 },
  { type: 'int', name: 'epochs', low: 1, high: 1000 },
  { type: 'int', name: 'maxLength', low: 1, high: 4096 },
  { type: 'int', name: 'vocabularySize', low: 10, high: 65_000 },
  { type: 'int', name: 'embeddingSize', low: 1, high: 1024 },
  { type: 'int', name: 'batchSize', low: 1, high: 4096 },
  { type: 'categorical', name: 'optimizer', choices: ['adam', 'rmsprop', 'sgd'] },
  { type: 'float', name: 'dropout', low: 0, high: 0.95 },
  { type: 'float', name: 'clipNorm', low: 0, high: 1000 },
];
const widestPoint = (index: number) => ({
  learningRate: (index + 1.123456789012345) / 20_000,
  hiddenUnits: 1024 + (index % 1000),
  epochs: 999,
  maxLength: 4000,
  vocabularySize: 64_999,
  embeddingSize: 1024,
  batchSize: 4096,
  optimizer: 'rmsprop',
  dropout: 0.12345678901234566,
  clipNorm: 123.45678901234568,
});

function longestList() {
  const points = Array.from({ length: mostPoints() }, (_, index) => widestPoint(index));
  return { searchSpace: widestSpace, sampler: { type: 'list', points }, budget: {} };
}

describe('the largest definitions that the document describes', () => {
  it('fit into a body: as many points as the list sampler takes, over every hyperparameter, indented by four spaces', async () => {
    expect(widestSpace.map(({ name }) => name).sort()).toEqual(Object.keys(hyperparameterRanges).sort());
    const payload = JSON.stringify(trainedStudy(longestList()), null, 4);
    const response = await service.request({ method: 'POST', url: '/v1/studies', payload, headers: json });
    expect(response.statusCode, response.body.slice(0, 500)).toBe(201);
    expect(response.json().spec.sampler.points).toHaveLength(10_000);
  });

  it('of a campaign with such a list too', async () => {
    const { searchSpace, sampler, budget } = JSON.parse(JSON.stringify(longestList()));
    const body = trainedCampaign({ searchSpace, dryRun: true, studies: [{ name: 'list', sampler, budget }], final: undefined });
    const response = await service.request({ method: 'POST', url: '/v1/campaigns', payload: JSON.stringify(body, null, 4), headers: json });
    expect(response.statusCode, response.body.slice(0, 500)).toBe(200);
  });
});
