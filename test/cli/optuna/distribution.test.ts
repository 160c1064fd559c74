import { expect, test } from 'vitest';
import { externalValue, readDistribution } from '../../../src/cli/optuna/distribution.ts';
import { parsePythonJson } from '../../../src/cli/optuna/python-json.ts';

test('JSON of Python is read with its infinities and without its NaN; texts stay as they are', () => {
  expect(parsePythonJson('[NaN, Infinity, -Infinity, 1e5, "NaN, \\"Infinity"]')).toEqual([
    null,
    Number.POSITIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
    1e5,
    'NaN, "Infinity',
  ]);
  expect(() => parsePythonJson('[NaN')).toThrow(SyntaxError);
  expect(() => parsePythonJson('[nan]')).toThrow(SyntaxError);
});

test.each([
  ['UniformDistribution', { low: 0, high: 1 }, { kind: 'float', low: 0, high: 1, step: null, log: false }],
  ['LogUniformDistribution', { low: 0.1, high: 1 }, { kind: 'float', low: 0.1, high: 1, step: null, log: true }],
  ['DiscreteUniformDistribution', { low: 0, high: 1, q: 0.5 }, { kind: 'float', low: 0, high: 1, step: 0.5, log: false }],
  ['IntUniformDistribution', { low: 0, high: 9, step: 3 }, { kind: 'int', low: 0, high: 9, step: 3, log: false }],
  ['IntLogUniformDistribution', { low: 1, high: 9, step: 1 }, { kind: 'int', low: 1, high: 9, step: 1, log: true }],
])('the deprecated %s is one of today', (name, attributes, distribution) => {
  expect(readDistribution(JSON.stringify({ name, attributes }))).toEqual(distribution);
});

test('a stored value is the index of a choice, or a number', () => {
  expect(externalValue({ kind: 'categorical', choices: ['a', null] }, 1)).toBeNull();
  expect(externalValue({ kind: 'int', low: 0, high: 9, step: 1, log: false }, 3.0000000001)).toBe(3);
  expect(externalValue({ kind: 'float', low: 0, high: 9, step: null, log: false }, 0.5)).toBe(0.5);
});

test('text that describes no distribution is named', () => {
  for (const text of ['', '{"name": "NormalDistribution", "attributes": {}}', '{"name": "IntDistribution", "attributes": {"low": 1}}'])
    expect(() => readDistribution(text), text).toThrow(`the storage has a distribution that cannot be read: ${text}`);
});
