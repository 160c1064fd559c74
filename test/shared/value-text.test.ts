import { expect, test } from 'vitest';
import { valueText } from '../../src/shared/value-text.ts';

test.each([
  [0.93785, '0.9378'],
  [0, '0.0000'],
  [-0, '0.0000'],
  [12.5, '12.5000'],
  [-1.25, '-1.2500'],
  [0.00124, '0.0012'],
  [0.001, '0.0010'],
  [0.000996, '0.0010'],
  [0.00099, '9.9e-4'],
  [0.00012345, '1.2e-4'],
  [1e-5, '1.0e-5'],
  [-0.000034, '-3.4e-5'],
  [Number.MIN_VALUE, '4.9e-324'],
])('%d is shown as %s', (value, text) => {
  expect(valueText(value)).toBe(text);
});

test('a column of values has one width, whether they are small or not', () => {
  expect(new Set([0.9378, 0, 0.0012, 9.9e-4, 1e-5, 1e-9].map((value) => valueText(value).length))).toEqual(new Set([6]));
});
