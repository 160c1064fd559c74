import { expect, test } from 'vitest';
import { type RankingRule, scoreOf } from '../../../src/studies/model/ranking.ts';

const first: RankingRule = { direction: 'maximize', ranking: 'finite-first' };

test('a score is the value, oriented so that more is better', () => {
  expect(scoreOf(first, { value: 0.5, diverged: false })).toBe(0.5);
  expect(scoreOf({ ...first, direction: 'minimize' }, { value: 0.5, diverged: false })).toBe(-0.5);
});

test('a value that is not finite has no score under any rule', () => {
  for (const ranking of ['finite-first', 'by-value', undefined] as const)
    expect(scoreOf({ direction: 'maximize', ranking }, { value: null, diverged: false })).toBeNull();
});

test('a diverged training has no score, whatever its value, except in definitions that rank by value or name no rule', () => {
  expect(scoreOf(first, { value: 0.99, diverged: true })).toBeNull();
  for (const ranking of ['by-value', undefined] as const)
    expect(scoreOf({ ...first, ranking }, { value: 0.99, diverged: true })).toBe(0.99);
});
