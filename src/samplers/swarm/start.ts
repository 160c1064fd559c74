import type { SearchSpace } from '../../space/schema.ts';
import type { SuggestionRequest } from '../contract.ts';
import { scrambledSobol } from '../quasi-random/sobol.ts';
import { type Motion, motion } from './movement.ts';

/**
 * Where a particle starts: a point of a scrambled Sobol sequence with a dimension for each parameter. Its velocity is half the
 * difference to a uniformly random point, at most `maxVelocity`.
 *
 * @param point number of the point, from 0
 */
export function startOf(
  space: SearchSpace,
  { point, maxVelocity }: { readonly point: number; readonly maxVelocity: number },
  stream: SuggestionRequest['stream'],
): Motion[] {
  const random = stream('start', point);
  return space.map((parameter, index) => {
    const coordinate = scrambledSobol(index, stream('design', index))(point);
    const difference = (random.uniform() - coordinate) / 2;
    if (parameter.type === 'categorical') return { position: Math.floor(coordinate * parameter.choices.length), velocity: 0 };
    return motion(coordinate, Math.min(Math.max(difference, -maxVelocity), maxVelocity));
  });
}
