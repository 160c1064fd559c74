import type { SearchSpace } from '../../space/schema.ts';
import type { SuggestionRequest } from '../contract.ts';
import { firstPrimes, scrambledHalton } from '../quasi-random/halton.ts';
import { type Motion, motion } from './movement.ts';

/**
 * Where a particle starts: a point of a scrambled Halton sequence with a dimension for each parameter. Its velocity is half the
 * difference to a uniformly random point, at most `maxVelocity`.
 *
 * @param point number of the point, from 0
 */
export function startOf(
  space: SearchSpace,
  { point, maxVelocity }: { readonly point: number; readonly maxVelocity: number },
  stream: SuggestionRequest['stream'],
): Motion[] {
  const bases = firstPrimes(space.length);
  const random = stream('start', point);
  return space.map((parameter, index) => {
    const coordinate = scrambledHalton(bases[index] ?? 2, stream('design', index))(point);
    const difference = (random.uniform() - coordinate) / 2;
    if (parameter.type === 'categorical') return { position: Math.floor(coordinate * parameter.choices.length), velocity: 0 };
    return motion(coordinate, Math.min(Math.max(difference, -maxVelocity), maxVelocity));
  });
}
