import { expect, test } from 'vitest';
import { samplerFor } from '../../../src/samplers/table.ts';
import { spaceOnTurn } from '../../../src/samplers/tpe/scales.ts';
import { randomStream } from '../../../src/shared/random.ts';
import { type SearchSpace, searchSpaceSchema } from '../../../src/space/schema.ts';

const float = (low: number, high: number, more: object = {}): SearchSpace =>
  searchSpaceSchema.parse([{ type: 'float', name: 'x', low, high, ...more }]);
const scalesOf = (space: SearchSpace) =>
  [0, 1].map((index) => spaceOnTurn(space, index).map((parameter) => 'scale' in parameter && parameter.scale));

test.each([
  ['a wide range', float(0.0005, 0.5)],
  ['a wide range with steps', float(0.0005, 0.5115, { step: 0.0005 })],
  ['a range of exactly 30 times', float(0.001, 0.03)],
])('trials look at %s on a logarithmic axis and on the declared one in turn', (_title, space) => {
  expect(scalesOf(space)).toEqual([['log'], ['linear']]);
});

test.each([
  ['a narrow range', float(1, 29), 'linear'],
  ['a range from zero', float(0, 100), 'linear'],
  ['a range below zero', float(-1, 100), 'linear'],
  ['a logarithmic range', float(0.0005, 0.5, { scale: 'log' }), 'log'],
  ['whole numbers', searchSpaceSchema.parse([{ type: 'int', name: 'x', low: 1, high: 511 }]), 'linear'],
])('trials look at %s as it is declared', (_title, space, scale) => {
  expect(scalesOf(space)).toEqual([[scale], [scale]]);
});

/** The first values of a search, before anything is known. */
function firstValues(preset: 'default' | 'hyperopt', version?: number): number[][] {
  const sampler = samplerFor({ space: float(0.0001, 1), direction: 'minimize' }, { type: 'tpe', preset }, version);
  const values = Array.from({ length: 400 }, (_, firstIndex) => {
    const stream = (purpose: string, ...indices: number[]) => randomStream(1, purpose, ...indices);
    const proposal = sampler.suggest(sampler.init(), { firstIndex, count: 1, history: [], pending: [], stream });
    if (proposal.kind !== 'suggestions') throw new Error('TPE always has a suggestion');
    return Number(proposal.suggestions[0]?.parameters['x']);
  });
  return [0, 1].map((turn) => values.filter((_, index) => index % 2 === turn));
}

/** The share of values below a hundredth of the range: half of a logarithmic axis of four decades. */
const smallShare = (values: readonly number[]) => values.filter((value) => value < 0.01).length / values.length;

test('every second trial before the model is spread over the magnitudes', () => {
  const [even = [], odd = []] = firstValues('default');
  expect(smallShare(even)).toBeGreaterThan(0.4);
  expect(smallShare(odd)).toBeLessThan(0.05);
});

test.each([
  ['the preset hyperopt', firstValues('hyperopt')],
  ['version 1', firstValues('default', 1)],
])('%s takes each range as it is declared', (_title, both) => {
  for (const values of both) expect(smallShare(values)).toBeLessThan(0.05);
});
