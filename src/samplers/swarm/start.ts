import type { SearchSpace } from '../../space/schema.ts';
import type { SuggestionRequest } from '../contract.ts';
import { lazyDesign } from '../quasi-random/sobol.ts';
import { type Motion, motion } from './movement.ts';

/** Tells where a particle starts, by the number of its point, from 0. */
export type Start = (point: number) => Motion[];

/**
 * Where particles start: a point of a scrambled Sobol sequence with a dimension for each parameter. Its velocity is half the
 * difference to a uniformly random point, at most `maxVelocity`. The sequence is made when the first particle asks for it.
 */
export function startsOf(space: SearchSpace, maxVelocity: number, stream: SuggestionRequest['stream']): Start {
  const design = lazyDesign(space.length, (dimension) => stream('design', dimension));
  return (point) => {
    const random = stream('start', point);
    const coordinates = design(point);
    return space.map((parameter, index) => {
      const coordinate = coordinates[index] ?? Number.NaN;
      const difference = (random.uniform() - coordinate) / 2;
      if (parameter.type === 'categorical') return { position: Math.floor(coordinate * parameter.choices.length), velocity: 0 };
      return motion(coordinate, Math.min(Math.max(difference, -maxVelocity), maxVelocity));
    });
  };
}
