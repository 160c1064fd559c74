import { describe, expect, test } from 'vitest';
import { durationText, RateEstimate, timeLeftText, timeRangeText } from '../../src/cli/durations.ts';

describe('a length of time', () => {
  test.each([
    [0.4, '0 s'],
    [8, '8 s'],
    [59.4, '59 s'],
    [59.6, '1 min 0 s'],
    [200, '3 min 20 s'],
    [3599.6, '1 h 0 min'],
    [7500, '2 h 5 min'],
    [90_000, '25 h 0 min'],
  ])('of %d s reads %s', (seconds, text) => expect(durationText(seconds)).toBe(text));
});

describe('a time left', () => {
  test.each([
    [0, 'about 0 s left'],
    [59, 'about 59 s left'],
    [60, 'about 1 min left'],
    [200, 'about 3 min left'],
    [3590, 'about 1 h 0 min left'],
    [7500, 'about 2 h 5 min left'],
  ])('of %d s reads %s', (seconds, text) => expect(timeLeftText(seconds)).toBe(text));
});

describe('a range of times', () => {
  test.each([
    [0, 0, '0 s'],
    [0.012, 0.5, '0.012 – 0.5 s'],
    [3, 12, '3 – 12 s'],
    [48, 144, '0.8 – 2.4 min'],
    [180, 181, '3 min'],
    [345_600, 756_000, '96 – 210 h'],
  ])('from %d to %d s reads %s', (low, high, text) => expect(timeRangeText({ low, high })).toBe(text));
});

describe('an estimate of a rate', () => {
  test('says nothing before two moments are known', () => {
    const rate = new RateEstimate(60);
    expect(rate.perSecond()).toBeNull();
    rate.add(5, 1);
    rate.add(5, 2);
    expect(rate.perSecond()).toBeNull();
  });

  test('counts what was done since its first look, not before', () => {
    const rate = new RateEstimate(60);
    rate.add(100, 20);
    rate.add(110, 25);
    expect(rate.perSecond()).toBe(0.5);
  });

  test('forgets what lies before its window: a slow start does not last', () => {
    const rate = new RateEstimate(60);
    for (let seconds = 0; seconds <= 600; seconds += 10) rate.add(seconds, 1);
    for (let seconds = 610; seconds <= 700; seconds += 10) rate.add(seconds, 1 + (seconds - 600) * 2);
    expect(rate.perSecond()).toBe(2);
  });

  test('keeps two looks that lie further apart than its window', () => {
    const rate = new RateEstimate(60);
    rate.add(0, 0);
    rate.add(1000, 10);
    expect(rate.perSecond()).toBe(0.01);
  });

  test('is 0 while nothing moves', () => {
    const rate = new RateEstimate(60);
    rate.add(0, 3);
    rate.add(10, 3);
    expect(rate.perSecond()).toBe(0);
  });
});
