import { afterAll, beforeAll, expect, it } from 'vitest';
import type { TestEvaluation } from '../../../../src/objectives/text-classifier/test-evaluation.ts';
import { startTestService, type TestService } from '../../../http/service.ts';
import { work } from '../../../http/worker.ts';
import { valuesOf } from '../trained-studies.ts';
import { trainedCampaign } from './definitions.ts';

let service: TestService;
let campaign: string;
beforeAll(async () => {
  service = await startTestService();
  campaign = `/v1/campaigns/${(await service.post('/v1/campaigns', trainedCampaign())).json().id}`;
  await work(service.database, 1000, { values: (value) => valuesOf(value), evaluation: evaluationOf });
});
afterAll(() => service[Symbol.asyncDispose]());

/** The first repeat is worth more than the others, the model of the search most. */
function evaluationOf(study: string): TestEvaluation {
  const share = study.endsWith('/ test') ? 0.875 : study.endsWith('/ repeat-1') ? 0.75 : 0.5;
  return {
    rows: 100,
    positives: 40,
    loss: study.endsWith('/ repeat-1') ? null : 0.5,
    accuracy: share,
    aucPr: share,
    aucPrTrapezoid: share,
    aucRoc: share,
    precision: share,
    recall: share,
    f1: share,
    confusion: { truePositives: 30, falsePositives: 10, trueNegatives: 50, falseNegatives: 10 },
    curve: [
      { threshold: 0.75, precision: 1, recall: 0.5 },
      { threshold: 0.25, precision: share, recall: 1 },
    ],
  };
}

it('shows the winner with its values and curve on the test split, mean and range over the repeats', async () => {
  const winner = (await service.get(`${campaign}/winner?curves=true`)).json();
  expect(winner).toMatchObject({
    value: 0.8,
    validation: { accuracy: 0.8 },
    test: {
      values: { aucPr: 0.875, rows: 100, loss: 0.5 },
      curves: [
        {
          axes: [{ name: 'recall' }, { name: 'precision' }, { name: 'threshold' }],
          points: [
            [0.5, 1, 0.75],
            [1, 0.875, 0.25],
          ],
        },
      ],
    },
  });
  expect(winner.repeats).toMatchObject({
    planned: 2,
    measured: 2,
    ranges: { loss: null, aucPr: { mean: 0.625, min: 0.5, max: 0.75 }, f1: { mean: 0.625, min: 0.5, max: 0.75 } },
    items: [
      { repeat: 1, state: 'completed', test: { values: { aucPr: 0.75 } } },
      { repeat: 2, state: 'completed', test: { values: { aucPr: 0.5 } } },
    ],
  });
});

it('reports every finalist with its confusion matrix and its precision-recall curve', async () => {
  const { finalists, definition } = (await service.get(`${campaign}/report`)).json();
  expect(finalists[0]).toMatchObject({
    winner: true,
    test: {
      values: { rows: 100, aucPr: 0.875 },
      tables: [
        {
          name: 'confusion',
          cells: [
            [50, 10],
            [10, 30],
          ],
        },
      ],
      curves: [
        {
          name: 'precision-recall',
          points: [
            [0.5, 1],
            [1, 0.875],
          ],
        },
      ],
    },
    ranges: { f1: { mean: 0.625, min: 0.5, max: 0.75 }, loss: null },
  });
  expect(definition).toMatchObject({ objective: { options: { trainSize: 100 } } });
});
