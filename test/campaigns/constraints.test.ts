import { describe, expect, test, vi } from 'vitest';
import { finalCandidates, finalistsOf } from '../../src/campaigns/finalists.ts';
import type { PartView } from '../../src/campaigns/part-view.ts';
import { partialCampaignViolations } from '../../src/campaigns/partial.ts';
import { gridPart, repeatParts, searchPart, testPart } from '../../src/campaigns/parts.ts';
import { planCampaign } from '../../src/campaigns/plan.ts';
import { storedCampaignViolations } from '../../src/campaigns/resolve.ts';
import { DomainError } from '../../src/shared/errors.ts';
import { unknownViolation } from '../../src/studies/definition/constraints.ts';
import type { Leader } from '../../src/studies/model/trial.ts';
import { resolvedCampaign } from './resolved-campaign.ts';

vi.mock('../../src/objectives/test-function/objective.ts', async (original) => {
  const { withEveryFeature } = await import('../objectives/every-feature.ts');
  return withEveryFeature(await original());
});

const constraints = [{ metric: 'gain', min: 0.5 }];
const limited = resolvedCampaign({ constraints });
const objective = { type: 'test-function', function: 'lstm-landscape', examples: 500 };
const finalists = [{ study: 'random', top: 2 }, { study: 'genetic' }];
const withOtherData = resolvedCampaign({ constraints, objective, final: { finalists, trainSize: 'all' } });

const leader = (number: number, value: number, violation: number): Leader => ({
  number,
  value,
  violation,
  diverged: false,
  parameters: { learningRate: 0.001, hiddenUnits: number + 1, epochs: 2 },
});
const leadersOf = (part: string, ...leaders: Leader[]) => ({ part, leaders });
const diverged = (number: number, violation: number): Leader => ({ ...leader(number, 0.6, violation), diverged: true });
/** The nearest is the first that counts, as where all are beyond a limit. */
const part = (kind: PartView['kind'], name: string, ...leaders: Leader[]): PartView => {
  const nearest = leaders.find(({ violation = 0, ...trial }) => violation > 0 && !trial.diverged);
  return { kind, name, state: 'completed', leaders, nearest: nearest ?? null };
};
const units = (found: readonly { parameters: Readonly<Record<string, unknown>> }[]) =>
  found.map(({ parameters }) => parameters['hiddenUnits']);

describe('the definition of a campaign with constraints', () => {
  const violationsOf = (changes: Record<string, unknown>) => {
    try {
      resolvedCampaign(changes);
      return [];
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      return error.violations;
    }
  };

  test.each([
    ['a value that the objective does not measure', [{ metric: 'beauty', min: 1 }], '/constraints/0/metric'],
    ['a value twice', [...constraints, { metric: 'gain', max: 1 }], '/constraints/1/metric'],
    ['limits that exclude each other', [{ metric: 'gain', min: 2, max: 1 }], '/constraints/0/max'],
    ['a limit that no value can keep', [{ metric: 'gain', min: 1001 }], '/constraints/0/min'],
  ])('is refused as that of a study, once for all its searches: %s', (_title, wrong, pointer) => {
    const violations = violationsOf({ constraints: wrong });
    expect(violations).toMatchObject([{ pointer }]);
    const { metric, ...definition } = { ...resolvedCampaign(), constraints: wrong };
    expect(partialCampaignViolations({ ...definition, metric, order: 'random' })).toEqual(violations);
  });

  test('is accepted from before a release that knows a smaller range of its value', () => {
    expect(storedCampaignViolations({ ...limited, constraints: [{ metric: 'gain', min: 1001 }] })).toEqual([]);
    expect(storedCampaignViolations({ ...limited, constraints: [{ metric: 'beauty', min: 1 }] })).toMatchObject([
      { pointer: '/constraints/0/metric' },
    ]);
  });

  test('is that of one without them where there are none', () => {
    expect(resolvedCampaign({ constraints: [] })).toEqual(resolvedCampaign());
    expect(resolvedCampaign()).not.toHaveProperty('constraints');
  });

  test.each([
    ['has', limited, constraints],
    ['without them has not', resolvedCampaign(), undefined],
  ])('%s them in every part', (_title, campaign, expected) => {
    const found = [leader(0, 0.5, 0)];
    const searches = campaign.studies.map((study) => searchPart(campaign, study));
    const parts = [...searches, gridPart(campaign, found), testPart(campaign, found), ...repeatParts(campaign, found)];
    expect(parts).toHaveLength(6);
    for (const planned of parts) expect(planned?.spec.constraints).toEqual(expected);
  });
});

describe('a configuration beyond a limit', () => {
  const random = leadersOf('random', leader(3, 0.6, 0), leader(0, 0.99, 0.1));
  const genetic = leadersOf('genetic', leader(5, 0.9, 0.2));

  test('is no finalist and no winner, however good its value is', () => {
    expect(units(finalCandidates(limited, [random, genetic]))).toEqual([4]);
    expect(units(finalistsOf(limited, [random, genetic]))).toEqual([4]);
    expect(units(finalistsOf(limited, [random, genetic, leadersOf('final-grid', leader(1, 0.95, 0.01))]))).toEqual([4]);
    expect(finalistsOf(limited, [genetic])).toEqual([]);
  });

  test('is none either where a final on other data has a result within them, or no results', () => {
    expect(units(finalistsOf(withOtherData, [random, genetic, leadersOf('final-grid')]))).toEqual([4]);
    expect(units(finalistsOf(withOtherData, [random, genetic, leadersOf('final-grid', leader(7, 0.1, 0))]))).toEqual([8, 4]);
  });
});

describe('a campaign in which no trial keeps all limits', () => {
  const endOf = (campaign: typeof limited, ...parts: PartView[]) => {
    const { insert, end } = planCampaign({ spec: campaign, parts });
    expect(insert).toEqual([]);
    expect(end).toMatchObject({ state: 'failed', outcome: { reason: 'no-finalists' } });
    return end?.outcome.detail;
  };

  test('fails without a final, and names the nearest trial', () => {
    const random = part('search', 'random', leader(3, 0.6, 0.5), leader(0, 0.99, 0.75));
    expect(endOf(limited, random, part('search', 'genetic', leader(5, 0.2, 0.25)))).toBe(
      'no trial keeps all limits; the nearest to them is trial 5 of genetic, whose violation is 0.25',
    );
  });

  test('names the earlier trial of two that are equally near', () => {
    const found = [part('search', 'random', leader(3, 0.6, 0.5)), part('search', 'genetic', leader(5, 0.9, 0.5))];
    expect(endOf(limited, ...found)).toContain('trial 3 of random');
  });

  test('says that a limited value is not finite', () => {
    const unknown = part('search', 'random', leader(3, 0.6, unknownViolation));
    expect(endOf(limited, unknown, part('search', 'genetic'))).toBe(
      'no trial keeps all limits; the nearest to them is trial 3 of random, which has a limited value that is not finite',
    );
  });

  test('tells the violation with four digits', () => {
    const far = part('search', 'random', leader(3, 0.6, 0.9833333333333334));
    expect(endOf(limited, far, part('search', 'genetic'))).toMatch(/, whose violation is 0\.9833$/);
  });

  test('names the nearest trial that counts, however near one that diverged is', () => {
    const hidden = { ...part('search', 'random', diverged(0, 0.01)), nearest: leader(1, 0.6, 0.125) };
    expect(endOf(limited, hidden, part('search', 'genetic', leader(5, 0.2, 0.25)))).toBe(
      'no trial keeps all limits; the nearest to them is trial 1 of random, whose violation is 0.125',
    );
  });

  test('does not deny that a trial that diverged keeps them', () => {
    const kept = part('search', 'random', diverged(0, 0), leader(1, 0.6, 0.125));
    expect(endOf(limited, kept, part('search', 'genetic'))).toBe(
      'only trials that diverged or have no finite value keep all limits; the nearest of the others is trial 1 of random, whose violation is 0.125',
    );
  });

  test('fails for another reason than its limits where no trial counts', () => {
    for (const violation of [0, 0.5])
      expect(endOf(limited, part('search', 'random', diverged(0, violation)), part('search', 'genetic'))).toBe(
        'every trial of every study failed, diverged or was cancelled; see their errors and values',
      );
  });

  const searches = [part('search', 'random', leader(3, 0.6, 0)), part('search', 'genetic', leader(5, 0.9, 0.125))];

  test('fails after a final on other data whose trials do not keep them', () => {
    expect(endOf(withOtherData, ...searches, part('grid', 'final-grid', leader(2, 0.7, 0.5)))).toBe(
      'no trial of the final keeps all limits; the nearest to them is trial 2 of final-grid, whose violation is 0.5',
    );
    expect(endOf(withOtherData, ...searches, part('grid', 'final-grid', diverged(0, 0), leader(2, 0.7, 0.5)))).toBe(
      'only trials of the final that diverged or have no finite value keep all limits; the nearest of the others is trial 2 of final-grid, whose violation is 0.5',
    );
  });

  test('goes on with the best of its searches, as without limits, after a final on other data that shows nothing about them', () => {
    const { constraints: _, ...without } = withOtherData;
    for (const violation of [0, 0.5]) {
      const parts = [...searches, part('grid', 'final-grid', diverged(2, violation))];
      const { insert, end } = planCampaign({ spec: withOtherData, parts });
      expect([insert.map(({ name }) => name), end]).toEqual([['test', 'repeat-1', 'repeat-2'], null]);
      expect(planCampaign({ spec: without, parts }).insert.map(({ name }) => name)).toEqual(insert.map(({ name }) => name));
    }
  });
});
