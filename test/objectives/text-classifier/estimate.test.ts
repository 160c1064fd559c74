import { describe, expect, test } from 'vitest';
import { campaignEstimateSchema } from '../../../src/api/campaign-estimate.ts';
import { estimateCampaign } from '../../../src/campaigns/estimate.ts';
import { expandCampaignPreset } from '../../../src/campaigns/presets.ts';
import { resolveCampaign } from '../../../src/campaigns/resolve.ts';
import { campaignSpecSchema } from '../../../src/campaigns/spec.ts';
import { resolvedCampaign } from './trained-campaign.ts';

const paper = (overrides: Record<string, unknown> = {}, scale = 1) =>
  resolveCampaign(campaignSpecSchema.parse(expandCampaignPreset('paper', overrides, scale).definition), 1);
const full = await estimateCampaign(paper());
const partOf = (estimate: typeof full, wanted: string) => estimate.parts.find(({ name }) => name === wanted);
const integers = (high: number) => Array.from({ length: high }, (_, index) => index + 1);

describe('the estimate of the whole protocol', () => {
  test('counts the trials of every part', () => {
    expect(full.parts.map(({ name, trials }) => `${name} ${trials}`)).toEqual([
      'random 70',
      'bayesian 70',
      'genetic-1 1331',
      'genetic-2 710',
      'genetic-3 710',
      'final-grid 256',
      'test 6',
      ...integers(5).map((repeat) => `repeat-${repeat} 6`),
    ]);
    expect(full.total).toMatchObject({ trials: 3183, trainingsAtMost: 3183 });
  });

  test('charges a search its most epochs at most, and about the mean of the space', () => {
    expect(partOf(full, 'genetic-1')).toMatchObject({ stepsAtMost: 1331 * 15 });
    expect((partOf(full, 'genetic-1')?.stepsExpected ?? 0) / (1331 * 8)).toBeCloseTo(1, 2);
  });

  test('trains no step of a model twice in the final: 64 models, of each as many epochs as its longest point', () => {
    const grid = partOf(full, 'final-grid');
    expect(grid?.stepsAtMost).toBe(64 * 15);
    // The greatest of four uniform draws from 1 … 15, exactly.
    const greatest = integers(15).reduce((sum, value) => sum + value * ((value / 15) ** 4 - ((value - 1) / 15) ** 4), 0);
    expect((grid?.stepsExpected ?? 0) / (64 * greatest)).toBeCloseTo(1, 2);
  });

  test('reads the weights of the search for the test, which at worst are trained again', () => {
    const measured = partOf(full, 'test');
    expect(measured).toMatchObject({ stepsExpected: 0, stepsAtMost: 90, diskMb: 0 });
    expect(measured?.coreSeconds?.high).toBeGreaterThan(10 * (measured?.coreSeconds?.low ?? 0));
  });

  test('is the sum of its parts, several days on two cores, and fits what the service shows', () => {
    const seconds = full.parts.reduce((sum, { coreSeconds }) => sum + (coreSeconds?.low ?? 0), 0);
    expect((full.total.coreSeconds?.low ?? 0) / seconds).toBeCloseTo(1, 1);
    expect(full.total.coreSeconds?.low).toBeGreaterThan(2 * 48 * 3600);
    expect(campaignEstimateSchema.parse(JSON.parse(JSON.stringify(full)))).toEqual(full);
  });

  test('lets the event loop turn while it is made: no other request waits for the whole of it', async () => {
    let turns = 0;
    const turn = (): void => {
      turns += 1;
      turning = setImmediate(turn);
    };
    let turning = setImmediate(turn);
    await estimateCampaign(paper());
    clearImmediate(turning);
    expect(turns).toBeGreaterThan(20);
  });

  test('is the same every time', async () => {
    expect(await estimateCampaign(paper())).toEqual(full);
  });
});

describe('the estimate of a campaign', () => {
  test('shrinks with its scale', async () => {
    const tenth = await estimateCampaign(paper({}, 0.1));
    expect(tenth.total.trials).toBeLessThan(400);
    expect(tenth.total.coreSeconds?.high).toBeLessThan((full.total.coreSeconds?.low ?? 0) / 4);
  });

  test('takes the search by its own number of texts and the repeats by theirs', async () => {
    const small = await estimateCampaign(paper({ objective: { trainSize: 2000 } }));
    const shrunk = (partOf(small, 'random')?.coreSeconds?.low ?? 0) / (partOf(full, 'random')?.coreSeconds?.low ?? 1);
    expect(shrunk).toBeGreaterThan(0.08);
    expect(shrunk).toBeLessThan(0.13);
    expect(partOf(small, 'repeat-1')).toEqual(partOf(full, 'repeat-1'));
  });

  test('has no bound where only time ends a study, and then none in sum', async () => {
    const studies = [{ name: 'random', sampler: { type: 'random' }, budget: { wallClockSeconds: 60 } }];
    const open = await estimateCampaign(resolvedCampaign({ studies, final: undefined }));
    const unknown = { trials: null, trainingsAtMost: null, stepsAtMost: null, stepsExpected: null, coreSeconds: null, diskMb: null };
    expect(open.parts[0]).toEqual({ name: 'random', kind: 'search', ...unknown });
    expect(open.total).toEqual(unknown);
    expect(open.parts[1]).toMatchObject({ name: 'test', trials: 1 });
  });

  test('has finalists that are not crossed for nothing: all of them are known', async () => {
    const alone = await estimateCampaign(resolvedCampaign({ final: { finalists: [{ study: 'random', top: 3 }], cross: false } }));
    expect(partOf(alone, 'final-grid')).toMatchObject({ trials: 3, trainingsAtMost: 0, stepsAtMost: 0, coreSeconds: { low: 0, high: 0 } });
    expect(partOf(alone, 'test')?.trials).toBe(4);
  });

  test('takes a final on other data for trained anew, and what it leaves out for trained to be measured', async () => {
    const of = (final: object) =>
      estimateCampaign(resolvedCampaign({ final: { finalists: [{ study: 'random' }], cross: false, ...final } }));
    const [known, anew] = [await of({}), await of({ trainSize: 'all' })];
    expect(partOf(known, 'test')?.stepsExpected).toBe(0);
    expect(partOf(anew, 'final-grid')?.stepsExpected).toBeGreaterThan(0);
    expect(partOf(anew, 'test')?.stepsExpected).toBe(partOf(anew, 'final-grid')?.stepsExpected); // one study each
    expect(partOf(anew, 'final-grid')?.coreSeconds?.low).toBeGreaterThan(0);
  });

  test('of a final of which only a part is tried has that many trials', async () => {
    expect(partOf(await estimateCampaign(resolvedCampaign()), 'final-grid')).toMatchObject({ trials: 12, stepsAtMost: 9 * 15 });
  });
});
