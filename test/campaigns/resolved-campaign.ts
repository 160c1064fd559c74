import { resolveCampaign } from '../../src/campaigns/resolve.ts';
import { campaignSpecSchema, type ResolvedCampaign } from '../../src/campaigns/spec.ts';

/** A campaign of a random and a genetic search with a crossed final, and whatever a test wants otherwise. */
export function resolvedCampaign(overrides: Record<string, unknown> = {}): ResolvedCampaign {
  const spec = campaignSpecSchema.parse({
    name: 'a campaign',
    searchSpace: [
      { type: 'float', name: 'learningRate', low: 0.0005, high: 0.0205, step: 0.0005 },
      { type: 'int', name: 'hiddenUnits', low: 1, high: 63 },
      { type: 'int', name: 'epochs', low: 1, high: 15 },
    ],
    metric: { name: 'value', direction: 'maximize' },
    objective: { type: 'test-function', function: 'lstm-landscape' },
    studies: [
      { name: 'random', sampler: { type: 'random' }, budget: { trials: 7 }, parallelism: 3 },
      { name: 'genetic', sampler: { type: 'genetic', population: 4, elites: 1 }, budget: { generations: 3 } },
    ],
    final: {
      finalists: [
        { study: 'random', top: 2 },
        { study: 'genetic', top: 1 },
      ],
      grid: { trials: 12, parallelism: 5 },
    },
    evaluation: { repeats: 2 },
    retries: { maxAttempts: 1 },
    seed: 5,
    ...overrides,
  });
  return resolveCampaign(spec, 1);
}
