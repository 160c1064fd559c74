import { expect, test } from 'vitest';
import { estimateCampaign } from '../../src/campaigns/estimate.ts';
import { resolvedCampaign } from './resolved-campaign.ts';

const searchSpace = [
  { type: 'int', name: 'steps', low: 1, high: 1000 },
  { type: 'float', name: 'x1', low: -5, high: 5 },
  { type: 'float', name: 'x2', low: -5, high: 5 },
];

test('a search whose points are known has the steps of its points; the others have those of the space', async () => {
  const points = [2, 4].map((steps) => ({ steps, x1: 0, x2: 0 }));
  const studies = [
    { name: 'list', sampler: { type: 'list', points } },
    { name: 'random', sampler: { type: 'random' }, budget: { trials: 2 } },
  ];
  const objective = { type: 'test-function', function: 'sphere-2' };
  const { parts } = await estimateCampaign(resolvedCampaign({ searchSpace, objective, studies, final: undefined }));
  expect(parts.slice(0, 2)).toMatchObject([
    { name: 'list', trials: 2, stepsExpected: 6, stepsAtMost: 8 },
    { name: 'random', trials: 2, stepsAtMost: 2000 },
  ]);
  expect(parts[1]?.stepsExpected).toBeGreaterThan(900);
});

test('an objective without a parameter that sets the steps has as many as its jobs ask for', async () => {
  const objective = { type: 'external', metrics: [{ name: 'value', direction: 'minimize' }], steps: 10 };
  const studies = [{ name: 'random', sampler: { type: 'random' }, budget: { trials: 2 } }];
  const { parts } = await estimateCampaign(resolvedCampaign({ objective, studies, final: undefined }));
  expect(parts[0]).toMatchObject({ stepsExpected: 20, stepsAtMost: 20 });
});
