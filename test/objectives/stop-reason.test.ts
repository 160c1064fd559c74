import { describe, expect, it } from 'vitest';
import { isRequeuedAfter, moreUrgent, type StopReason, stopsAtOnce } from '../../src/objectives/stop-reason.ts';

describe('a stop', () => {
  it.each<[StopReason, boolean, boolean]>([
    ['pause', false, true],
    ['drain', false, true],
    ['terminate', true, true],
    ['abandon', true, false],
  ])('for %s gives the running step up: %s, and requeues the trial: %s', (reason, atOnce, requeued) => {
    expect([stopsAtOnce(reason), isRequeuedAfter(reason)]).toEqual([atOnce, requeued]);
  });
});

describe('of two reasons to stop', () => {
  it.each<[StopReason | null, StopReason, StopReason]>([
    [null, 'drain', 'drain'],
    ['pause', 'drain', 'pause'],
    ['drain', 'terminate', 'terminate'],
    ['pause', 'abandon', 'abandon'],
    ['terminate', 'abandon', 'abandon'],
    ['abandon', 'terminate', 'abandon'],
    ['terminate', 'pause', 'terminate'],
  ])('%s, then %s: %s counts', (first, next, counts) => expect(moreUrgent(first, next)).toBe(counts));
});
