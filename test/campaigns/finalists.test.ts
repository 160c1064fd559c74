import { describe, expect, test, vi } from 'vitest';
import { finalCandidates, finalistsOf } from '../../src/campaigns/finalists.ts';
import { resolvedCampaign } from './resolved-campaign.ts';

vi.mock('../../src/objectives/test-function/objective.ts', async (original) => {
  const { withEveryFeature } = await import('../objectives/every-feature.ts');
  return withEveryFeature(await original());
});

const campaign = resolvedCampaign();
const withoutFinal = resolvedCampaign({ final: undefined });
const at = (hiddenUnits: number) => ({ learningRate: 0.001, hiddenUnits, epochs: 2 });
const leader = (number: number, value: number | null, hiddenUnits: number, diverged = false) => ({
  number,
  value,
  diverged,
  parameters: at(hiddenUnits),
});

const random = { part: 'random', leaders: [leader(3, 0.8, 1), leader(0, 0.7, 2), leader(1, 0.6, 3)] };
const genetic = { part: 'genetic', leaders: [leader(5, 0.9, 4), leader(2, 0.85, 5)] };
const unvalued = (part: string) => ({ part, leaders: [leader(0, null, 9)] });
const units = (found: readonly { parameters: Readonly<Record<string, unknown>> }[]) =>
  found.map(({ parameters }) => parameters['hiddenUnits']);

describe('what goes into the final', () => {
  test('is the best of the studies that it names, as many as it asks for, in its order', () => {
    expect(units(finalCandidates(campaign, [genetic, random]))).toEqual([1, 2, 4]);
  });

  test('is each configuration once, however its keys are ordered', () => {
    const same = { number: 7, value: 0.9, diverged: false, parameters: { epochs: 2, hiddenUnits: 2, learningRate: 0.001 } };
    expect(units(finalCandidates(campaign, [random, { part: 'genetic', leaders: [same] }]))).toEqual([1, 2]);
  });

  test('is no trial without a value', () => {
    expect(finalCandidates(campaign, [unvalued('random'), unvalued('genetic')])).toEqual([]);
    expect(units(finalCandidates(campaign, [random, unvalued('genetic')]))).toEqual([1, 2]);
  });
});

describe('what is evaluated', () => {
  test('is the winner, then the best of each study, then what went into the final, with every place that found it', () => {
    const grid = { part: 'final-grid', leaders: [leader(8, 0.95, 1)] };
    expect(finalistsOf(campaign, [random, genetic, grid])).toEqual([
      {
        parameters: at(1),
        foundBy: [
          { part: 'final-grid', trial: 8 },
          { part: 'random', trial: 3 },
        ],
        winner: true,
      },
      { parameters: at(4), foundBy: [{ part: 'genetic', trial: 5 }], winner: false },
      { parameters: at(2), foundBy: [{ part: 'random', trial: 0 }], winner: false },
    ]);
  });

  test('is won by the best of the final, even where a study that it does not name did better', () => {
    const own = resolvedCampaign({ final: { finalists: [{ study: 'random' }] } });
    const [winner] = finalistsOf(own, [random, genetic, { part: 'final-grid', leaders: [leader(0, 0.82, 6)] }]);
    expect(winner).toMatchObject({ winner: true, foundBy: [{ part: 'final-grid', trial: 0 }] });
  });

  test('is won by what went into the final where that was cancelled before it came to it', () => {
    const [winner] = finalistsOf(campaign, [random, genetic, { part: 'final-grid', leaders: [leader(0, 0.5, 6)] }]);
    expect(winner).toMatchObject({ winner: true, foundBy: [{ part: 'genetic', trial: 5 }] });
  });

  test('is won by the best of a final on other data, whatever the searches measured on theirs', () => {
    const finalists = [{ study: 'random' }, { study: 'genetic' }];
    const objective = { type: 'test-function', function: 'lstm-landscape', examples: 500 };
    const larger = resolvedCampaign({ objective, final: { finalists, trainSize: 'all' } });
    const [winner] = finalistsOf(larger, [random, genetic, { part: 'final-grid', leaders: [leader(0, 0.5, 6)] }]);
    expect(winner).toMatchObject({ winner: true, foundBy: [{ part: 'final-grid', trial: 0 }] });
    expect(finalistsOf(larger, [random, genetic, unvalued('final-grid')])[0]).toMatchObject({ foundBy: [{ part: 'genetic', trial: 5 }] });
  });

  test('is won by the best of all studies where there is no final, or none of its trials has a value', () => {
    const never = finalistsOf(withoutFinal, [random, genetic]);
    const failed = finalistsOf(campaign, [random, genetic, unvalued('final-grid')]);
    for (const [winner] of [never, failed])
      expect(winner).toMatchObject({ parameters: at(4), winner: true, foundBy: [{ part: 'genetic', trial: 5 }] });
    expect(units(never)).toEqual([4, 1]);
  });

  test('is won by the earlier study of two that are alike', () => {
    const alike = { part: 'genetic', leaders: [leader(0, 0.8, 4)] };
    expect(finalistsOf(withoutFinal, [alike, random])[0]?.foundBy).toEqual([{ part: 'random', trial: 3 }]);
  });

  test('is won by the least where less is better', () => {
    const least = resolvedCampaign({ final: undefined, metric: { name: 'value' } });
    expect(finalistsOf(least, [random, genetic])[0]).toMatchObject({ foundBy: [{ part: 'random' }] });
  });

  test('is nothing where no trial has a value', () => {
    expect(finalistsOf(campaign, [unvalued('random'), { part: 'genetic', leaders: [] }])).toEqual([]);
    expect(finalistsOf(campaign, [])).toEqual([]);
  });
});

describe('a trial whose training diverged', () => {
  const part = (name: string, leaders: ReturnType<typeof leader>[]) => ({ part: name, leaders });
  const diverged = part('random', [leader(3, 0.99, 1, true), leader(0, 0.7, 2)]);

  test('is neither winner nor finalist, however good its value is', () => {
    expect(campaign.ranking).toBe('finite-first');
    expect(units(finalistsOf(campaign, [diverged, genetic]))).not.toContain(1);
    expect(units(finalCandidates(campaign, [diverged, genetic]))).not.toContain(1);
    expect(finalistsOf(campaign, [part('random', [leader(3, 0.99, 1, true)])])).toEqual([]);
  });

  test('is both where the campaign ranks by value, as one of before there was a choice does', () => {
    const { ranking: _, ...before } = campaign;
    for (const byValue of [before, { ...campaign, ranking: 'by-value' as const }]) {
      expect(finalistsOf(byValue, [diverged, genetic])[0]).toMatchObject({ parameters: { hiddenUnits: 1 }, winner: true });
    }
  });
});
