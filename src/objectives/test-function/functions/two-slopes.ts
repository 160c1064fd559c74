import type { Configuration } from '../../../space/configuration.ts';
import { searchSpaceSchema } from '../../../space/schema.ts';
import { numberOf, type TestFunction } from '../test-function.ts';

const start = 0.9;

/**
 * A function whose steps have a memory: the example of Jaderberg et al., "Population Based Training of Neural Networks", 2017, figure 2. A point begins
 * at (0.9, 0.9); a step goes down the slope of θ₀² or θ₁², as `slope` says, by `rate` (θ ← θ − 2 · rate · θ). The value is
 * θ₀² + θ₁² = 1.2 − Q (Q: the paper's objective). With one slope throughout, the other coordinate leaves 0.81; a search that changes the slope reaches 0.
 */
export const twoSlopes: TestFunction = {
  name: 'two-slopes',
  space: searchSpaceSchema.parse([
    { type: 'categorical', name: 'slope', choices: ['first', 'second'] },
    { type: 'float', name: 'rate', low: 0.001, high: 0.1, scale: 'log' },
  ]),
  minimum: { value: start ** 2, at: { slope: 'first', rate: 0.1 } },
  value: () => start ** 2,
  afterSteps: (steps) => {
    const point = { first: start, second: start };
    for (const values of steps) point[slopeOf(values)] *= 1 - 2 * numberOf(values, 'rate');
    return point.first ** 2 + point.second ** 2;
  },
};

function slopeOf({ slope }: Configuration): 'first' | 'second' {
  return slope === 'first' ? 'first' : 'second';
}
