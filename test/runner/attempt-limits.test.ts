import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { AttemptLimits } from '../../src/runner/attempt-limits.ts';
import { Storing } from '../../src/runner/storing.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

const storing = () => new Storing({ onStored: () => undefined, onFault: () => undefined });
/** A process that never stands still. */
const time = { nowMs: () => performance.now() };
const seconds = (count: number) => vi.advanceTimersByTime(count * 1000);

it('the time of an attempt begins when its trainer has the request, and what waits for the database is not counted', async () => {
  const waiting = storing();
  const limits = new AttemptLimits({ memoryMb: 100, seconds: 10 }, waiting, time);
  seconds(60); // a dataset is prepared
  expect(limits.exceeded(null)).toBeNull();
  limits.start();
  seconds(6);
  let answer: () => void = () => undefined;
  const stored = waiting.store(
    () =>
      new Promise<void>((resolve) => {
        answer = resolve;
      }),
  );
  await Promise.resolve(); // the work has begun
  seconds(60);
  expect(limits.exceeded(null)).toBeNull();
  answer();
  await stored;
  seconds(4);
  expect(limits.exceeded(null)).toBeNull();
  seconds(0.1);
  expect(limits.exceeded(null)).toEqual({ code: 'timeout', message: expect.stringContaining('longer than 10 s (timeoutSeconds)') });
});

it('an attempt of a study that sets no limit may train for ever', () => {
  const limits = new AttemptLimits({ memoryMb: 100, seconds: null }, storing(), time);
  limits.start();
  seconds(1e9);
  expect(limits.exceeded(1)).toBeNull();
});

it('the most memory that was seen is remembered, and more than the limit ends the attempt', () => {
  const limits = new AttemptLimits({ memoryMb: 100, seconds: 10 }, storing(), time);
  for (const megabytes of [30, 100, 20]) expect(limits.exceeded(megabytes * 1_048_576)).toBeNull();
  expect(limits.peakRssBytes()).toBe(100 * 1_048_576);
  expect(limits.exceeded(101 * 1_048_576)).toEqual({ code: 'out-of-memory', message: expect.stringContaining('grew to 101 MiB') });
});
