import { expect, it } from 'vitest';
import { dayOfAttempts, waitSeconds } from '../../src/webhooks/back-off.ts';

const wait = (attempts: number, random: number, askedSeconds: number | null = null) =>
  waitSeconds(dayOfAttempts, { attempts, random, askedSeconds });

it('the waits grow to two hours', () => {
  expect([1, 2, 3, 4, 5, 6, 7, 8, 9, 400].map((attempts) => wait(attempts, 0.5))).toEqual([
    ...[5, 15, 45, 135, 405, 1215, 3645, 7200, 7200, 7200],
  ]);
});

it('a day has between 15 and 25 attempts', () => {
  for (const random of [0, 0.5, 1]) {
    let [seconds, attempts] = [0, 1];
    for (; seconds < dayOfAttempts.patienceSeconds; attempts += 1) seconds += wait(attempts, random);
    expect(attempts).toBeGreaterThan(15);
    expect(attempts).toBeLessThan(25);
  }
});

it('the waits are spread by a quarter to both sides', () => {
  expect([wait(4, 0), wait(4, 1)]).toEqual([135 * 0.75, 135 * 1.25]);
});

it('a receiver may ask for more, up to an hour, and not for less', () => {
  expect(wait(1, 0.5, 60)).toBe(60);
  expect(wait(1, 0.5, 1_000_000)).toBe(3600);
  expect(wait(8, 0.5, 60)).toBe(7200);
});
