import { expect, test } from 'vitest';
import { differing } from '../../../src/studies/verification/difference.ts';

test('two long values are shown from shortly before their first difference on, so that it is seen', () => {
  const values = Array.from({ length: 200 }, (_, index) => index);
  const [difference] = differing('study/spec', { values }, { values: values.with(150, 7) }, 'so');
  expect(difference?.expected).toMatch(/^….{39},150,151,.+…$/);
  expect(difference?.found).toMatch(/^….{39},7,151,.+…$/);
});

test('short values are shown whole, and what is not there as none', () => {
  expect(differing('trials/3/value', 0.5, 0.25, 'so')).toEqual([{ where: 'trials/3/value', expected: '0.5', found: '0.25', detail: 'so' }]);
  expect(differing('trials/3/seen', null, undefined, 'so')).toMatchObject([{ expected: 'null', found: 'none' }]);
  expect(differing('trials/3/value', 0.5, 0.5, 'so')).toEqual([]);
});
