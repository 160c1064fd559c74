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
  ['a wide range', float(0.0005, 0.5), ['log'], ['linear']],
  ['a wide range with steps', float(0.0005, 0.5115, { step: 0.0005 }), ['log'], ['linear']],
  ['a narrow range', float(1, 29), ['linear'], ['linear']],
  ['a range from zero', float(0, 100), ['linear'], ['linear']],
  ['a range below zero', float(-1, 100), ['linear'], ['linear']],
  ['a logarithmic range', float(0.0005, 0.5, { scale: 'log' }), ['log'], ['log']],
  ['whole numbers', searchSpaceSchema.parse([{ type: 'int', name: 'x', low: 1, high: 511 }]), ['linear'], ['linear']],
])('trials in turn look at %s on a guessed axis and on the declared one', (_title, space, even, odd) => {
  expect(scalesOf(space)).toEqual([even, odd]);
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
