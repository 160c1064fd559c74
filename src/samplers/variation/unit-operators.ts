import { keptCoordinate } from './genome.ts';

/**
 * One child of two coordinates of the unit interval by simulated binary crossover with bounds (Deb and Agrawal, "Simulated Binary Crossover
 * for Continuous Search Space", Complex Systems 9, 1995, equations 9 and 10; the bounded form is that of Deb's NSGA-II code): the spread factor β
 * of the two children is drawn with density ∝ β^η below 1 and β^−(η+2) above it, cut off where the child would leave the interval.
 *
 * @param near the parent on whose side the child is, x₁ or x₂ of the paper
 * @param far the other parent
 * @param index η, the distribution index
 * @param draw u, uniform in [0, 1)
 */
export function binaryCrossover(near: number, far: number, index: number, draw: number): number {
  const distance = Math.abs(far - near);
  // Parents this close have no child between them that differs from both.
  if (distance < 1e-14) return near;
  const room = near < far ? near : 1 - near;
  const alpha = 2 - power(1 + (2 * room) / distance, -(index + 1));
  const share = draw * alpha;
  const spread = power(share <= 1 ? share : 1 / (2 - share), 1 / (index + 1));
  const middle = (near + far) / 2;
  return within(near < far ? middle - (spread * distance) / 2 : middle + (spread * distance) / 2);
}

/**
 * Polynomial mutation with bounds of a coordinate of the unit interval (Deb and Goyal, "A Combined Genetic Adaptive Search (GeneAS) for
 * Engineering Design", Computer Science and Informatics 26, 1996; the bounded form is that of Deb's NSGA-II code): the change δ is drawn with
 * density ∝ (1 − |δ|)^η, to either side with the same chance, cut off at the bounds.
 *
 * @param index η, the distribution index
 * @param draw r, uniform in [0, 1)
 */
export function polynomialMutation(coordinate: number, index: number, draw: number): number {
  const root = 1 / (index + 1);
  if (draw < 0.5) {
    const tail = power(1 - coordinate, index + 1);
    return within(coordinate + power(2 * draw + (1 - 2 * draw) * tail, root) - 1);
  }
  const tail = power(coordinate, index + 1);
  return within(coordinate + 1 - power(2 * (1 - draw) + (2 * draw - 1) * tail, root));
}

/** x^y for x ≥ 0 and y ≠ 0. The result of `**` with a fraction may change between versions of V8, that of logarithm and exponential does not. */
function power(base: number, exponent: number): number {
  return base === 0 ? 0 : Math.exp(exponent * Math.log(base));
}

function within(coordinate: number): number {
  return keptCoordinate(Math.min(Math.max(coordinate, 0), 1));
}
