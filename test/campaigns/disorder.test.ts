import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { resolvedCampaign } from './resolved-campaign.ts';
import { type Fate, runInDisorder, runInOrder, runWithCrash } from './simulated-campaign.ts';

vi.mock('../../src/objectives/test-function/objective.ts', async (original) => {
  const { withEveryFeature } = await import('../objectives/every-feature.ts');
  return withEveryFeature(await original());
});

const small = {
  studies: [
    { name: 'one', sampler: { type: 'random' }, budget: { trials: 3 }, parallelism: 2 },
    { name: 'two', sampler: { type: 'random' }, budget: { trials: 3 }, parallelism: 3 },
  ],
  final: { finalists: [{ study: 'one' }, { study: 'two' }], cross: false },
  evaluation: { repeats: 1 },
};

const campaigns: Readonly<Record<string, Record<string, unknown>>> = {
  'with a crossed final': {},
  'one search after the other': { order: 'sequential' },
  'without a final or repeats': { final: undefined, evaluation: { repeats: 0 } },
  'whose final is the finalists alone': small,
  'whose best configurations are beyond a limit': { constraints: [{ metric: 'value', max: 0.7 }] },
};

const partsOf = (text: string): string[] => JSON.parse(text).parts.map(({ name }: { name: string }) => name);

describe.each(Object.entries(campaigns))('a campaign (%s)', (_title, fields) => {
  test('gives the same export in any order, paused on the way, whatever crashes', async () => {
    const spec = resolvedCampaign(fields);
    const expected = await runInOrder(spec);
    expect(JSON.parse(expected)).toMatchObject({ format: 'clavier-campaign/1', state: 'completed', outcome: { reason: 'done' } });
    await fc.assert(
      fc.asyncProperty(fc.nat(), async (seed) => {
        expect(await runInDisorder(spec, seed)).toBe(expected);
      }),
      { numRuns: 15 },
    );
  });
});

test.each<Fate>(['crashes before the commit', 'crashes after the commit'])(
  'a campaign gives the same export if the process that advances it %s of any of its steps',
  async (fate) => {
    const spec = resolvedCampaign(small);
    const expected = await runInOrder(spec);
    let crashes = 0;
    for (let at = 0; ; at += 1) {
      const { text, crashed } = await runWithCrash(spec, at, fate);
      expect(text).toBe(expected);
      if (!crashed) break;
      crashes += 1;
    }
    expect(crashes).toBeGreaterThan(10);
  },
);

test('the order of the searches changes no result', async () => {
  const [parallel, sequential] = [await runInOrder(resolvedCampaign()), await runInOrder(resolvedCampaign({ order: 'sequential' }))];
  const { spec: _, ...results } = JSON.parse(parallel);
  const { spec: __, ...others } = JSON.parse(sequential);
  expect(others).toEqual(results);
});

test('an export has the parts in order, the winner and what it is worth, and no ids', async () => {
  const text = await runInOrder(resolvedCampaign());
  const { parts, winner, finalists } = JSON.parse(text);
  expect(partsOf(text)).toEqual(['random', 'genetic', 'final-grid', 'test', 'repeat-1', 'repeat-2']);
  const final = parts[2].study.trials.filter(({ state }: { state: string }) => state === 'completed');
  const best = Math.max(...final.map(({ value }: { value: number }) => value));
  const found = final.find(({ value }: { value: number }) => value === best);
  expect(winner).toEqual({
    parameters: found.parameters,
    value: best,
    foundBy: expect.arrayContaining([{ part: 'final-grid', trial: found.number }]),
  });
  expect(finalists[0]).toMatchObject({ winner: true, parameters: winner.parameters, repeats: [{ repeat: 1 }, { repeat: 2 }] });
  expect(text).not.toMatch(/[0-9a-f]{8}-[0-9a-f]{4}/);
});

test('a campaign of which every training fails ends without finalists', async () => {
  const text = await runInOrder(resolvedCampaign(), () => null);
  expect(JSON.parse(text)).toMatchObject({ state: 'failed', outcome: { reason: 'no-finalists' }, winner: null, finalists: [] });
  expect(partsOf(text)).toEqual(['random', 'genetic']);
});
