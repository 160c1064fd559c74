import { expect, test } from 'vitest';
import { informantsBest, informantsOf } from '../../../src/samplers/swarm/bests.ts';
import { swarmOptionsSchema } from '../../../src/samplers/swarm/options.ts';

const optionsOf = (options: object) => swarmOptionsSchema.parse({ type: 'swarm', ...options });
const sorted = (slots: readonly number[]) => [...slots].sort((one, other) => one - other);
const best = (trial: number, value: number) => ({ trial, value, position: [0.5] });

test('on a ring, a particle is informed by itself and its neighbours on both sides, across the ends', () => {
  const options = optionsOf({ particles: 10, topology: 'ring', neighbours: 2 });
  expect(sorted(informantsOf(options, 4))).toEqual([2, 3, 4, 5, 6]);
  expect(sorted(informantsOf(options, 0))).toEqual([0, 1, 2, 8, 9]);
  expect(sorted(informantsOf(options, 9))).toEqual([0, 1, 7, 8, 9]);
});

test.each([
  ['all of the swarm', { topology: 'global' }],
  ['a ring whose neighbours reach around it', { topology: 'ring', neighbours: 4 }],
])('informs each particle of each other once: %s', (_title, options) => {
  expect(sorted(informantsOf(optionsOf({ particles: 6, ...options }), 3))).toEqual([0, 1, 2, 3, 4, 5]);
});

test('the best position among informants is the best by direction, and of equal ones that of the lower trial number', () => {
  const options = optionsOf({ particles: 6, neighbours: 1 });
  const bests = [best(12, 0.4), null, best(14, 0.2), best(9, 0.4), best(10, 0.9), best(5, 0.4)];
  expect(informantsBest('maximize', options, bests, 0)?.trial).toBe(5);
  expect(informantsBest('minimize', options, bests, 3)?.trial).toBe(14);
  expect(informantsBest('maximize', options, bests, 3)?.trial).toBe(10);
  expect(informantsBest('maximize', options, [null, null, best(1, 1), null, null, null], 0)).toBeNull();
});
