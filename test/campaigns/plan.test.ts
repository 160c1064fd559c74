import { describe, expect, test, vi } from 'vitest';
import { leadersWanted, type PartView } from '../../src/campaigns/part-view.ts';
import { type CampaignPlan, planCampaign } from '../../src/campaigns/plan.ts';
import type { ResolvedCampaign } from '../../src/campaigns/spec.ts';
import type { Leader } from '../../src/studies/model/trial.ts';
import { resolvedCampaign } from './resolved-campaign.ts';

vi.mock('../../src/objectives/test-function/objective.ts', async (original) => {
  const { withEveryFeature } = await import('../objectives/every-feature.ts');
  return withEveryFeature(await original());
});

const leader = (number: number, value: number | null, hiddenUnits = number + 1): Leader => ({
  number,
  value,
  diverged: false,
  parameters: { learningRate: 0.001, hiddenUnits, epochs: 3 },
});
const part = (kind: PartView['kind'], name: string, fields: Partial<PartView> = {}): PartView => ({
  kind,
  name,
  state: 'completed',
  leaders: [],
  nearest: null,
  ...fields,
});
const random = part('search', 'random', { leaders: [leader(3, 0.8), leader(5, 0.7)] });
const genetic = part('search', 'genetic', { leaders: [leader(9, 0.75)] });
const grid = part('grid', 'final-grid', { leaders: [leader(2, 0.9, 40)] });
const evaluations = [part('test', 'test'), part('repeat', 'repeat-1'), part('repeat', 'repeat-2')];

const namesOf = ({ insert }: CampaignPlan): string[] => insert.map(({ name }) => name);

/** What is created and how it ends, every new part ending at once as it is told. */
function runThrough(spec: ResolvedCampaign, ends: (inserted: { kind: PartView['kind']; name: string }) => Partial<PartView>) {
  const parts: PartView[] = [];
  const steps: string[][] = [];
  for (;;) {
    const plan = planCampaign({ spec, parts });
    expect(planCampaign({ spec, parts })).toEqual(plan);
    if (plan.insert.length === 0) return { steps, end: plan.end };
    const inserted = plan.insert.map(({ kind, name }) => part(kind, name, { state: 'active' }));
    expect(planCampaign({ spec, parts: [...parts, ...inserted] })).toEqual({ insert: [], end: null });
    parts.push(...inserted.map(({ kind, name }) => part(kind, name, ends({ kind, name }))));
    steps.push(namesOf(plan));
  }
}

const well = ({ kind }: { kind: PartView['kind'] }): Partial<PartView> => ({ leaders: kind === 'search' ? [leader(0, 0.5)] : [] });

describe('the steps of a campaign', () => {
  test('are its searches, the final over their best, and the evaluation; while a part is open there is none', () => {
    expect(runThrough(resolvedCampaign(), well)).toMatchObject({
      steps: [['random', 'genetic'], ['final-grid'], ['test', 'repeat-1', 'repeat-2']],
      end: { state: 'completed', outcome: { reason: 'done' } },
    });
  });

  test('take one search after the other in sequence', () => {
    expect(runThrough(resolvedCampaign({ order: 'sequential' }), well).steps).toEqual([
      ['random'],
      ['genetic'],
      ['final-grid'],
      ['test', 'repeat-1', 'repeat-2'],
    ]);
  });

  test('leave out a final and repeats that the campaign does not have', () => {
    const spec = resolvedCampaign({ final: undefined, evaluation: { repeats: 0 } });
    expect(runThrough(spec, well).steps).toEqual([['random', 'genetic'], ['test']]);
  });

  test.each(['failed', 'cancelled'] as const)('count a search that %s with the trials that it completed', (state) => {
    const spec = resolvedCampaign();
    const [inserted] = planCampaign({ spec, parts: [{ ...random, state }, genetic] }).insert;
    expect(inserted?.spec.sampler).toMatchObject({ type: 'grid', axes: { hiddenUnits: { values: [4, 6, 10] } } });
  });

  test('go past a final of which no study has a finalist, also at the next look', () => {
    const spec = resolvedCampaign({ final: { finalists: [{ study: 'random' }] } });
    const empty = { ...random, leaders: [] };
    expect(namesOf(planCampaign({ spec, parts: [empty, genetic] }))).toEqual(['test', 'repeat-1', 'repeat-2']);
    expect(planCampaign({ spec, parts: [empty, genetic, ...evaluations] }).end?.outcome.detail).toBe('the winner is trial 9 of genetic');
  });

  test('add what is missing where only some parts of a step are there', () => {
    const spec = resolvedCampaign();
    expect(namesOf(planCampaign({ spec, parts: [genetic] }))).toEqual(['random']);
    expect(namesOf(planCampaign({ spec, parts: [random, genetic, grid, part('test', 'test')] }))).toEqual(['repeat-1', 'repeat-2']);
  });

  test('evaluate the winner first, with what it was searched with and again with other seeds', () => {
    const objective = { type: 'test-function', function: 'lstm-landscape', examples: 500 };
    const [tested, ...repeats] = planCampaign({ spec: resolvedCampaign({ objective }), parts: [random, genetic, grid] }).insert;
    const points = [leader(2, 0.9, 40), leader(3, 0.8), leader(9, 0.75), leader(5, 0.7)].map(({ parameters }) => parameters);
    expect(tested?.spec).toMatchObject({
      sampler: { type: 'list', points },
      objectiveSeed: 5,
      evaluate: true,
      objective: { examples: 500 },
    });
    expect(repeats.map(({ spec }) => spec.sampler)).toEqual([tested?.spec.sampler, tested?.spec.sampler]);
    expect(new Set(repeats.map(({ spec }) => spec.objectiveSeed)).size).toBe(2);
  });
});

describe('a campaign ends', () => {
  test('without finalists where no search has a trial with a value', () => {
    const nothingFound = runThrough(resolvedCampaign(), () => ({ leaders: [leader(0, null)], state: 'failed' }));
    expect(nothingFound).toMatchObject({ steps: [['random', 'genetic']], end: { state: 'failed', outcome: { reason: 'no-finalists' } } });
  });

  test('with words that fit its ranking; those of a campaign of before do not change, because a verification compares them', () => {
    const detailOf = (ranking: ResolvedCampaign['ranking'], found: Leader) =>
      runThrough({ ...resolvedCampaign(), ranking }, () => ({ leaders: [found], state: 'failed' })).end?.outcome.detail;
    expect(detailOf('finite-first', { ...leader(0, 0.9), diverged: true })).toBe(
      'every trial of every study failed, diverged or was cancelled; see their errors and values',
    );
    expect(detailOf(undefined, leader(0, null))).toBe('no study has a completed trial with a value; see their errors');
  });

  test('with the best of all searches as its winner where the final has no trial with a value', () => {
    const view = { spec: resolvedCampaign(), parts: [random, genetic, part('grid', 'final-grid', { state: 'failed' }), ...evaluations] };
    expect(planCampaign(view).end).toMatchObject({ state: 'completed', outcome: { detail: 'the winner is trial 3 of random' } });
  });

  test('as failed where an evaluation did not come to its end, and says which', () => {
    const broken = [
      part('test', 'test', { state: 'cancelled' }),
      part('repeat', 'repeat-1', { state: 'failed' }),
      part('repeat', 'repeat-2'),
    ];
    const { insert, end } = planCampaign({ spec: resolvedCampaign(), parts: [random, genetic, grid, ...broken] });
    expect(insert).toEqual([]);
    expect(end).toEqual({
      state: 'failed',
      outcome: { reason: 'evaluation-failed', detail: 'the evaluation did not come to its end: test was cancelled, repeat-1 failed' },
    });
  });

  test('only when the last part has ended', () => {
    const open = [part('test', 'test', { state: 'failed' }), part('repeat', 'repeat-1', { state: 'paused' }), part('repeat', 'repeat-2')];
    expect(planCampaign({ spec: resolvedCampaign(), parts: [random, genetic, grid, ...open] })).toEqual({ insert: [], end: null });
  });
});

test('of each part as many trials are looked at as its steps need', () => {
  const spec = resolvedCampaign();
  const wanted = [random, genetic, grid, ...evaluations].map((view) => leadersWanted(spec, view));
  expect(wanted).toEqual([2, 1, 1, 0, 0, 0]);
  expect(leadersWanted(resolvedCampaign({ final: { finalists: [{ study: 'random' }] } }), genetic)).toBe(1);
});
