import type { Configuration } from '../../space/configuration.ts';
import type { Problem, SuggestionRequest } from '../contract.ts';
import { scrambledSobol } from '../quasi-random/sobol.ts';
import { configurationAt, geometryOf } from './dimensions.ts';
import { hyperparametersOf } from './hyperparameters.ts';
import { priorShape } from './proposals.ts';
import { unwarp } from './warp.ts';

/** A configuration of the trials before the model: a point of a quasi-random sequence, but for the first one, whose numbers are in the middle. */
export function designed({ space }: Problem, { firstIndex, stream }: Pick<SuggestionRequest, 'firstIndex' | 'stream'>): Configuration {
  const geometry = geometryOf(space);
  const { warps } = priorShape(hyperparametersOf(geometry.dimensions));
  const place = Float64Array.from(geometry.dimensions, (dimension, index) => {
    const coordinate = scrambledSobol(index, stream('gp-design', index))(firstIndex);
    if (dimension.kind === 'categorical') return Math.min(Math.floor(coordinate * dimension.choices), dimension.choices - 1);
    return unwarp(firstIndex === 0 ? 0.5 : coordinate, warps[index] as number);
  });
  return configurationAt(geometry, place);
}
