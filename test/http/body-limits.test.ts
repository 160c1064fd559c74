import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bodyLimits, inMebibytes, valueLimits } from '../../src/http/body-limits.ts';
import { jsonViolations } from '../../src/http/json-violations.ts';
import { hyperparameterRanges } from '../../src/objectives/text-classifier/hyperparameters.ts';
import { geneticStudy, smallCampaign, unknownId } from './definitions.ts';
import { startTestService, type TestService } from './service.ts';

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
    const payload = JSON.stringify(geneticStudy(longestList()), null, 4);
    const response = await service.request({ method: 'POST', url: '/v1/studies', payload, headers: json });
    expect(response.statusCode, response.body.slice(0, 500)).toBe(201);
    expect(response.json().spec.sampler.points).toHaveLength(10_000);
  });

  it('of a campaign with such a list too', async () => {
    const { searchSpace, sampler, budget } = JSON.parse(JSON.stringify(longestList()));
    const body = smallCampaign({ searchSpace, dryRun: true, studies: [{ name: 'list', sampler, budget }], final: undefined });
    const response = await service.request({ method: 'POST', url: '/v1/campaigns', payload: JSON.stringify(body, null, 4), headers: json });
    expect(response.statusCode, response.body.slice(0, 500)).toBe(200);
  });

  it('hold as many values as are allowed, and no more', () => {
    const list = (length: number): number[] => Array.from({ length }, () => 0);
    expect(jsonViolations(list(valueLimits.definition - 1))).toEqual([]);
    expect(jsonViolations(list(valueLimits.definition))).toEqual([{ pointer: '', detail: 'has more than 250000 values' }]);
  });
});

describe('a body one byte longer than its operation takes', () => {
  const operations: [string, number][] = [
    ['/v1/studies', bodyLimits.definition],
    ['/v1/campaigns', bodyLimits.definition],
    ['/v1/studies/import', bodyLimits.import],
    [`/v1/studies/${unknownId}/pause`, bodyLimits.other],
    [`/v1/studies/${unknownId}/verify`, bodyLimits.other],
    [`/v1/campaigns/${unknownId}/cancel`, bodyLimits.other],
  ];

  it.each(operations)('of POST %s is refused with the limit of %i bytes in words', async (url, most) => {
    const send = (length: number) =>
      service.request({ method: 'POST', url, payload: Buffer.concat([Buffer.from('{}'), Buffer.alloc(length - 2, ' ')]), headers: json });
    expect((await send(most)).json().code).not.toBe('payload-too-large');
    const refused = (await send(most + 1)).json();
    expect(refused).toMatchObject({ status: 413, code: 'payload-too-large' });
    expect(refused.detail).toBe(`the body is larger than the ${inMebibytes(most)} that this operation takes`);
  });

  it('is promised by the document and by the page of the problem', async () => {
    const { paths } = JSON.parse(JSON.stringify(service.app.swagger()));
    const page = (await service.get('/problems/payload-too-large')).body;
    for (const [url, most] of operations) {
      expect(page).toContain(inMebibytes(most));
      if (most !== bodyLimits.other) expect(paths[url].post.description, url).toContain(inMebibytes(most));
    }
  });
});
