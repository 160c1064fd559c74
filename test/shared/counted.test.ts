import { expect, it } from 'vitest';
import { counted, formFor } from '../../src/shared/counted.ts';

it('a count of one has the singular, every other count the plural', () => {
  expect([0, 1, 2, 1.5].map((count) => counted(count, 'trial'))).toEqual(['0 trials', '1 trial', '2 trials', '1.5 trials']);
  expect([1, 2].map((count) => counted(count, 'study', 'studies'))).toEqual(['1 study', '2 studies']);
  expect([1, 2].map((count) => formFor(count, 'is', 'are'))).toEqual(['is', 'are']);
});
