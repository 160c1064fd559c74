import { expect, test } from 'vitest';
import { gridPart, repeatParts, searchPart, testPart } from '../../src/campaigns/parts.ts';
import { campaignSpecSchema } from '../../src/campaigns/spec.ts';
import { resolvedCampaign } from './resolved-campaign.ts';

const finalists = [{ parameters: { learningRate: 0.002, hiddenUnits: 7, epochs: 3 } }];

/** Every part that a campaign can have. */
function partsOf(campaign: ReturnType<typeof resolvedCampaign>) {
  const searches = campaign.studies.map((study) => searchPart(campaign, study));
  const parts = [...searches, gridPart(campaign, finalists), testPart(campaign, finalists), ...repeatParts(campaign, finalists)];
  return parts.map((part) => part?.spec);
}

test('every part of a campaign retries as the campaign says, and has its time limit', () => {
  const specs = partsOf(resolvedCampaign({ retries: { maxAttempts: 2, on: ['timeout'] }, timeoutSeconds: 90 }));
  expect(specs).toHaveLength(6);
  for (const spec of specs) expect(spec).toMatchObject({ retries: { maxAttempts: 2, on: ['timeout'] }, timeoutSeconds: 90 });
});

test('a campaign without a time limit gives its parts none', () => {
  for (const spec of partsOf(resolvedCampaign())) expect(spec).not.toHaveProperty('timeoutSeconds');
});

test('a campaign gives its searches no schedule: results would depend on how fast they run', () => {
  const { name, searchSpace, metric, objective } = resolvedCampaign();
  const study = { name: 'bayesian', sampler: { type: 'tpe' }, budget: { trials: 5 } };
  const campaign = { name, searchSpace, metric, objective, studies: [study] };
  expect(campaignSpecSchema.safeParse(campaign).success).toBe(true);
  const result = campaignSpecSchema.safeParse({ ...campaign, studies: [{ ...study, schedule: 'asynchronous' }] });
  expect(result.error?.issues).toMatchObject([{ code: 'unrecognized_keys', path: ['studies', 0], keys: ['schedule'] }]);
});
