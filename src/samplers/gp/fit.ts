import type { RandomStream } from '../../shared/random.ts';
import type { Point } from './dimensions.ts';
import { move } from './hamiltonian.ts';
import type { Hyperparameters } from './hyperparameters.ts';
import { Loss, type Place } from './loss.ts';
import { minimise } from './minimise.ts';
import { halfRanked, standardised, type Transform } from './outputs.ts';

/** What the hyperparameters are fitted with. */
export interface FitSettings {
  /** Steps of the search for the most probable hyperparameters. */
  readonly steps: number;
  /** Sets of hyperparameters for each way to present the values. */
  readonly sets: number;
  /** Moves from the most probable hyperparameters to each set. */
  readonly moves: number;
  /** Length of a leap of a move. */
  readonly leap: number;
}

/** Hyperparameters, and the transform of the values that they were fitted to. */
export interface Fitted {
  readonly theta: Float64Array;
  readonly transform: Transform;
}

/** The values are looked at in two ways. Half-rank warping ignores how bad bad values are; plain values keep the shape of a smooth function. */
const transforms: readonly Transform[] = [halfRanked, standardised];

/**
 * Draws sets of hyperparameters from about their posterior: from the most probable ones, some moves away. A single most probable set would trust a
 * warp that few trials suggest.
 *
 * @param stream the random numbers of a set, by its number
 */
export function fitHyperparameters(
  layout: Hyperparameters,
  { points, values }: { readonly points: readonly Point[]; readonly values: Float64Array },
  settings: FitSettings,
  stream: (set: number) => RandomStream,
): Fitted[] {
  return transforms.flatMap((transform, kind) => {
    const loss = new Loss(layout, points, transform(values));
    const likeliest = minimise(loss, layout.mean, { steps: settings.steps, tolerance: 1e-3 });
    return Array.from({ length: settings.sets }, (_, index) => {
      const draws = stream(index * transforms.length + kind);
      return { theta: moved(loss, likeliest, settings, draws).theta, transform };
    });
  });
}

function moved(loss: Loss, start: Place, { moves, leap }: FitSettings, stream: RandomStream): Place {
  let place = start;
  for (let count = 0; count < moves; count += 1) place = move(loss, place, leap, stream);
  return place;
}
