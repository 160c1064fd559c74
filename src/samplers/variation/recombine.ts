import type { RandomStream } from '../../shared/random.ts';
import type { Parameter, SearchSpace } from '../../space/schema.ts';
import { cardinality, decodeUnit, unitShare } from '../../space/unit-cube.ts';
import type { RealGenome } from './genome.ts';
import type { RealVariation } from './options.ts';
import { binaryCrossover, polynomialMutation } from './unit-operators.ts';

/** Chance of each parameter that a crossover recombines it; the others stay as the first parent has them (Deb's NSGA-II code has the same). */
const recombined = 0.5;
/** Just beyond the edge of a value's share of the unit interval. */
const beyond = 1e-9;

/**
 * The genome of a child: with the chance of a crossover each parameter is, by even chances, the first parent's or recombined; then each is mutated
 * with its chance.
 *
 * A number is recombined by simulated binary crossover, on the side of either parent by even chances, and mutated by polynomial mutation. One on a
 * lattice is the value whose share of the unit interval holds the result; a mutation moves it by one step at least. A choice is recombined by taking
 * that of the other parent, and mutated by drawing one of the other choices. Parameters that do not exist in a parent are treated alike, by
 * their latent coordinates; one that only one parent knows is taken from that parent.
 *
 * @param mutation chance of each parameter that it is mutated
 */
export function childGenome(
  space: SearchSpace,
  [first, second]: readonly [RealGenome, RealGenome],
  variation: RealVariation,
  { mutation, stream }: { readonly mutation: number; readonly stream: RandomStream },
): RealGenome {
  const crosses = stream.uniform() < variation.crossover.probability;
  return space.map((parameter, index) => {
    const [own, other] = [first[index] ?? null, second[index] ?? null];
    const inherited = crosses && stream.uniform() < recombined ? crossed(parameter, own, other, variation, stream) : (own ?? other);
    if (inherited === null || stream.uniform() >= mutation) return inherited;
    return mutated(parameter, inherited, variation.mutation.distributionIndex, stream);
  });
}

function crossed(
  parameter: Parameter,
  own: number | null,
  other: number | null,
  { crossover }: RealVariation,
  stream: RandomStream,
): number | null {
  if (own === null || other === null || parameter.type === 'categorical') return other ?? own;
  const [near, far] = stream.uniform() < 0.5 ? [own, other] : [other, own];
  return binaryCrossover(near, far, crossover.distributionIndex, stream.uniform());
}

function mutated(parameter: Parameter, coordinate: number, index: number, stream: RandomStream): number {
  if (parameter.type === 'categorical') return otherChoice(parameter.choices.length, coordinate, stream);
  const moved = polynomialMutation(coordinate, index, stream.uniform());
  if (!Number.isFinite(cardinality(parameter))) return moved;
  const { low, high } = unitShare(parameter, decodeUnit(parameter, coordinate));
  if (moved < low || moved > high) return moved;
  // At an end of the lattice there is only one direction.
  const isUpward = high + beyond > 1 ? false : low - beyond < 0 || moved >= coordinate;
  return isUpward ? high + beyond : Math.max(low - beyond, 0);
}

function otherChoice(choices: number, coordinate: number, stream: RandomStream): number {
  if (choices === 1) return coordinate;
  const current = Math.min(Math.floor(coordinate * choices), choices - 1);
  const drawn = stream.integer(choices - 1);
  return ((drawn < current ? drawn : drawn + 1) + 0.5) / choices;
}
