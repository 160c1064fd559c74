import { expect, test } from 'vitest';
import { createCampaign } from '../../src/campaigns/create.ts';
import type { CampaignTransactions } from '../../src/campaigns/ports.ts';
import { memoryStore } from './memory-store.ts';
import { resolvedCampaign } from './resolved-campaign.ts';

test('a campaign makes the first suggestions of its studies before its transaction, and lets the process have its turn after each', async () => {
  const store = memoryStore();
  let turns = 0;
  const count = (): void => {
    turns += 1;
    next = setImmediate(count);
  };
  let next = setImmediate(count);
  const turnsBefore: number[] = [];
  const watched: CampaignTransactions = {
    transaction: (work) => {
      turnsBefore.push(turns);
      return store.transaction(work);
    },
  };
  const sampler = { type: 'tpe' };
  const studies = ['one', 'two', 'three', 'four'].map((name) => ({ name, sampler, budget: { trials: 9 }, parallelism: 9 }));
  await createCampaign(watched, resolvedCampaign({ studies, final: undefined }));
  clearImmediate(next);
  expect(turnsBefore).toHaveLength(1);
  expect(turnsBefore[0]).toBeGreaterThanOrEqual(4);
  expect(store.open()).toHaveLength(36);
});
