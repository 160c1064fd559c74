import { describe, expect, test } from 'vitest';
import type { CampaignEstimate, PartEstimate } from '../../src/campaigns/estimate.ts';
import { campaignRemainingSeconds, type OpenPart } from '../../src/campaigns/remaining-time.ts';
import { specOf } from '../studies/simulator.ts';

const unknown = { trials: null, trainingsAtMost: null, stepsAtMost: null, stepsExpected: null, coreSeconds: null, diskMb: null };

/** The estimate of a campaign whose parts are expected to train these steps, at these core-seconds in all. */
function estimateOf(parts: Record<string, readonly [steps: number | null, coreSeconds: number | null]>): CampaignEstimate {
  const estimates = Object.entries(parts).map(([name, [stepsExpected, low]]): PartEstimate => {
    const kind = name.startsWith('repeat') ? 'repeat' : name === 'test' ? 'test' : 'search';
    return { ...unknown, kind, name, stepsExpected, coreSeconds: low === null ? null : { low, high: 9 * low } };
  });
  return { parts: estimates, total: unknown, assumes: '' };
}

/** A search that has suggested 10 trials and trains half a step a second, of one step each. */
function search(name: string, budget: object, changes: Partial<OpenPart> = {}): OpenPart {
  const spec = specOf({ sampler: { type: 'random' }, budget });
  const pace = {
    recordedAt: new Date(0),
    seconds: 40,
    stepsTrained: 20,
    finished: { trials: 20, stepsTrained: 20 },
    openSteps: 0,
    stepsWanted: 1,
  };
  return {
    kind: 'search',
    name,
    study: { spec, state: 'active', sampler: { suggested: 10, skipped: 0, enqueued: 0 } },
    elapsedSeconds: 0,
    pace,
    ...changes,
  };
}

const repeat = { kind: 'repeat', name: 'repeat-1', wallClockSeconds: undefined } as const;
const upcoming = (name: string, wallClockSeconds: number) => ({ kind: 'search', name, wallClockSeconds }) as const;

describe('the remaining time of a campaign', () => {
  test('is the steps of open parts and of parts to come at the speed of all open parts', () => {
    const estimate = estimateOf({ a: [40, null], b: [40, null], 'repeat-1': [25, null] });
    expect(campaignRemainingSeconds([search('a', { trials: 40 }), search('b', { trials: 40 })], [repeat], estimate)).toBe(30 + 30 + 25);
  });

  test('counts a step as much as it costs where the costs are known', () => {
    // A step of the repeat, on ten times the data, takes ten times as long; it is measured for another 8 core-seconds.
    const estimate = estimateOf({ a: [40, 80], test: [0, 4], 'repeat-1': [5, 108] });
    const test = { kind: 'test', name: 'test', wallClockSeconds: undefined } as const;
    expect(campaignRemainingSeconds([search('a', { trials: 40 })], [test, repeat], estimate)).toBe(30 * 2 + 4 + 108);
  });

  test('has no more of a part than its wall-clock budget leaves', () => {
    const estimate = estimateOf({ a: [1_000_000, null], b: [1_000_000, null], c: [null, null] });
    const timed = search('a', { trials: 1_000_000, wallClockSeconds: 3600 }, { elapsedSeconds: 600 });
    expect(campaignRemainingSeconds([timed], [], estimate)).toBe(3000);
    expect(campaignRemainingSeconds([search('a', { wallClockSeconds: 3600 })], [upcoming('b', 100), upcoming('c', 50)], estimate)).toBe(
      3750,
    );
  });

  test('is null while a part is paused, however fast the others are', () => {
    const paused = search('b', { trials: 40 });
    const estimate = estimateOf({ a: [40, null], b: [40, null] });
    const parts = [search('a', { trials: 40 }), { ...paused, pace: null, study: { ...paused.study, state: 'paused' as const } }];
    expect(campaignRemainingSeconds(parts, [], estimate)).toBeNull();
  });

  test('is null until enough is measured, and if nothing limits a part', () => {
    const estimate = estimateOf({ a: [40, null], b: [null, null], 'repeat-1': [null, null] });
    const slow = search('a', { trials: 40 });
    expect(campaignRemainingSeconds([{ ...slow, pace: slow.pace && { ...slow.pace, stepsTrained: 2 } }], [], estimate)).toBeNull();
    expect(campaignRemainingSeconds([search('a', { trials: 40 })], [repeat], estimate)).toBeNull();
  });
});
