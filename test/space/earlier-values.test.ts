import { expect, test } from 'vitest';
import { type EarlierValues, realChanges } from '../../src/space/earlier-values.ts';

const at = (until: number, parameters: EarlierValues[number]['parameters']) => ({ until, parameters });
const now = { rate: 3, dropout: 0, units: 9 };

test.each<[string, EarlierValues, number[]]>([
  ['none', [], []],
  ['each of its own', [at(1, { rate: 1 }), at(2, { rate: 2 })], [1, 2]],
  ['two alike', [at(1, { rate: 1 }), at(2, { rate: 1 })], [2]],
  ['the last one as the configuration', [at(1, { rate: 1 }), at(2, { rate: 3 })], [1]],
  ['all as the configuration', [at(1, { rate: 3 }), at(2, { rate: 3 })], []],
  ['other names, with a change that only the next one names', [at(1, { rate: 3 }), at(2, { dropout: 0.5 })], [1, 2]],
])('of earlier values, %s, those remain that change', (_, earlierValues, kept) => {
  expect(realChanges(earlierValues, now).map(({ until }) => until)).toEqual(kept);
});
