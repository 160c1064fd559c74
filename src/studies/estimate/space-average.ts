import { type Configuration, configurationFrom } from '../../space/configuration.ts';
import type { SearchSpace } from '../../space/schema.ts';
import { decodeUnit } from '../../space/unit-cube.ts';

/** Points of the lattice. The means of the paper's space, whose cost grows with the square of a parameter, are within 1 % of the exact ones. */
const points = 1024;

/**
 * Configurations spread evenly over a search space, conditions included: the points frac(1/2 + n · αᵢ) of the unit cube,
 * αᵢ = g^−i with g the root of x^(d+1) = x + 1 above 1 (M. Roberts, "The Unreasonable Effectiveness of Quasirandom
 * Sequences", 2018; d is the number of parameters). Always the same ones: nothing is drawn.
 */
export function spreadOver(space: SearchSpace): Configuration[] {
  const root = generalisedGoldenRatio(space.length);
  return Array.from({ length: points }, (_, point) => {
    const coordinate = (index: number): number => (0.5 + point * root ** -(index + 1)) % 1;
    return configurationFrom(space, (parameter, index) => decodeUnit(parameter, coordinate(index)));
  });
}

/** The mean of a number over items. */
export function meanOver<Item>(items: readonly Item[], of: (item: Item) => number): number {
  return items.reduce((sum, item) => sum + of(item), 0) / items.length;
}

/**
 * The expected greatest of some independent draws from values, each as likely: Σ xᵢ · ((i/n)^k − ((i−1)/n)^k) over the
 * values in rising order.
 *
 * @param draws k, at least 1; it need not be whole
 */
export function expectedGreatest(values: readonly number[], draws: number): number {
  const rising = [...values].sort((a, b) => a - b);
  const below = (count: number): number => (count / rising.length) ** draws;
  return rising.reduce((sum, value, index) => sum + value * (below(index + 1) - below(index)), 0);
}

/** The root of x^(d+1) = x + 1 above 1, by the iteration x ← (1 + x)^(1/(d+1)), which contracts. */
function generalisedGoldenRatio(dimensions: number): number {
  let root = 2;
  for (let step = 0; step < 64; step += 1) root = (1 + root) ** (1 / (dimensions + 1));
  return root;
}
