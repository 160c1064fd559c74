import { expect, test } from 'vitest';
import { gridPart, repeatParts, searchPart, testPart } from '../../../src/campaigns/parts.ts';
import { lstmObjectiveSchema } from '../../../src/objectives/text-classifier/objective.ts';
import { resolvedCampaign } from './trained-campaign.ts';

const finalists = [{ parameters: { learningRate: 0.002, hiddenUnits: 7, epochs: 3 } }];

test('every part has the data version of its campaign, which a campaign of before there were versions does not name', () => {
  const objective = lstmObjectiveSchema.parse({ type: 'lstm-text-classifier', dataset: 'spam-assassin' });
  for (const datasetVersion of [undefined, 2]) {
    const old = {
      ...resolvedCampaign({ final: { finalists: [{ study: 'random', top: 3 }] } }),
      objective: { ...objective, ...(datasetVersion && { datasetVersion }) },
    };
    const parts = [
      ...old.studies.map((study) => searchPart(old, study)),
      gridPart(old, finalists),
      testPart(old, finalists),
      ...repeatParts(old, finalists),
    ];
    expect(parts.length).toBeGreaterThan(3);
    for (const part of parts) expect(part?.spec.objective).toEqual(old.objective);
  }
});
