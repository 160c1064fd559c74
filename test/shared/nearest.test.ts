import { expect, it } from 'vitest';
import { nearest } from '../../src/shared/nearest.ts';

const known = ['station-1', 'station-2', 'landscape', 'Population'];

it('a mistyped word finds the word that was meant, whatever its case', () => {
  expect(nearest('staton-2', known)).toBe('station-2');
  expect(nearest('landscap', known)).toBe('landscape');
  expect(nearest('population', known)).toBe('Population');
  expect(nearest('STATION1', known)).toBe('station-1');
});

it('a word that is far from all finds none', () => {
  expect(nearest('genetic', known)).toBeUndefined();
  expect(nearest('', known)).toBeUndefined();
  expect(nearest('x', [])).toBeUndefined();
});
