import { describe, expect, test, vi } from 'vitest';
import { finalCandidates, finalistsOf } from '../../src/campaigns/finalists.ts';
import { partialCampaignViolations } from '../../src/campaigns/partial.ts';
import { gridPart, repeatParts, searchPart, testPart } from '../../src/campaigns/parts.ts';
import { type PartView, planCampaign } from '../../src/campaigns/plan.ts';
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
const part = (kind: PartView['kind'], name: string, ...leaders: Leader[]): PartView => ({ kind, name, state: 'completed', leaders });
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

  test('is none either where a final on other data found that no configuration keeps the limits there', () => {
    const beyond = leadersOf('final-grid', leader(0, 0.9, 0.01));
    expect(finalistsOf(withOtherData, [random, genetic, beyond])).toEqual([]);
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

  test('says that a limited value is not finite, and names no trial that diverged', () => {
    const unknown = part('search', 'random', leader(3, 0.6, unknownViolation));
    expect(endOf(limited, unknown, part('search', 'genetic'))).toBe(
      'no trial keeps all limits; the nearest to them is trial 3 of random, which has a limited value that is not finite',
    );
    const diverged = part('search', 'random', { ...leader(3, 0.6, 0.5), diverged: true });
    expect(endOf(limited, diverged, part('search', 'genetic'))).toBe(
      'no trial keeps all limits: each of them failed, diverged, was cancelled or is beyond a limit',
    );
  });

  test('fails after a final on other data whose trials do not keep them', () => {
    const searches = [part('search', 'random', leader(3, 0.6, 0)), part('search', 'genetic', leader(5, 0.9, 0.125))];
    expect(endOf(withOtherData, ...searches, part('grid', 'final-grid', leader(2, 0.7, 0.5)))).toBe(
      'no trial of the final keeps all limits; the nearest to them is trial 2 of final-grid, whose violation is 0.5',
    );
    expect(endOf(withOtherData, ...searches, part('grid', 'final-grid', { ...leader(2, 0.7, 0), diverged: true }))).toBe(
      'no trial of the final keeps all limits: each of them failed, diverged, was cancelled or is beyond a limit',
    );
  });
});
