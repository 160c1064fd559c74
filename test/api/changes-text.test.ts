import { expect, test } from 'vitest';
import { changesText } from '../../src/api/changes-text.ts';
import { searchSpaceSchema } from '../../src/space/schema.ts';

const space = searchSpaceSchema.parse([
  { type: 'categorical', name: 'slope', choices: ['first', 'second'] },
  { type: 'float', name: 'rate', low: 0.001, high: 0.1 },
  { type: 'int', name: 'steps', low: 1, high: 100 },
]);
const parameters = { rate: 0.08, slope: 'first', steps: 100 };

test('a trial without earlier values has no text', () => {
  expect(changesText(space, { parameters })).toBe('');
  expect(changesText(space, { parameters, earlierValues: [] })).toBe('');
});

test('each parameter that changed has its values, with the last step of each', () => {
  expect(changesText(space, { parameters, earlierValues: [{ until: 40, parameters: { rate: 0.1, slope: 'first' } }] })).toBe(
    'rate 0.1 to step 40, 0.08 after it',
  );
  const earlierValues = [
    { until: 30, parameters: { rate: 0.0930080760349, slope: 'second' } },
    { until: 80, parameters: { rate: 0.1, slope: 'second' } },
  ];
  expect(changesText(space, { parameters, earlierValues })).toBe(
    'slope second to step 80, first after it; rate 0.09301 to step 30, 0.1 to 80, 0.08 after it',
  );
});

test('of many values the first and the last are named', () => {
  const earlierValues = [1, 2, 3, 4].map((number) => ({ until: 10 * number, parameters: { rate: number / 100 } }));
  expect(changesText(space, { parameters, earlierValues })).toBe('rate 0.01 to step 10, 3 other values to 40, 0.08 after it');
  expect(changesText(space, { parameters, earlierValues: earlierValues.slice(0, 3) })).toBe(
    'rate 0.01 to step 10, 0.02 to 20, 0.03 to 30, 0.08 after it',
  );
});

test('a value that comes back is named twice', () => {
  const earlierValues = [0.08, 0.1].map((rate, index) => ({ until: 10 * (index + 1), parameters: { rate } }));
  expect(changesText(space, { parameters, earlierValues })).toBe('rate 0.08 to step 10, 0.1 to 20, 0.08 after it');
});
