import type { RandomStream } from '../../shared/random.ts';
import { type Loss, noLoss, type Place, placeAt } from './loss.ts';

/** Leapfrog steps of a move. */
const leaps = 5;

/**
 * One move of Hamiltonian Monte Carlo (Neal, "MCMC Using Hamiltonian Dynamics", 2011, section 5.3) through the posterior of the
 * hyperparameters, in units of their priors' deviations; a path is reflected at the bounds.
 *
 * @param size length of a leap, about; varied by two fifths
 * @returns the end of the path, or the start if that is refused
 */
export function move(loss: Loss, start: Place, size: number, stream: RandomStream): Place {
  const momentum = start.theta.map(() => stream.normal());
  const leap = size * (0.6 + 0.8 * stream.uniform());
  const before = energy(start, momentum);
  let place = start;
  for (let step = 0; step < leaps; step += 1) {
    push(momentum, place.gradient, leap / 2);
    place = placeAt(loss, drifted(loss, place.theta, momentum, leap));
    if (place.value >= noLoss) return start;
    push(momentum, place.gradient, leap / 2);
  }
  return stream.uniform() < Math.exp(before - energy(place, momentum)) ? place : start;
}

/** The place that a momentum leads to. At a bound it is reflected, and the momentum turned. */
function drifted({ layout: { deviation, low, high } }: Loss, theta: Float64Array, momentum: Float64Array, leap: number): Float64Array {
  return theta.map((value, index) => {
    const aim = value + leap * (deviation[index] as number) * (momentum[index] as number);
    const [least, most] = [low[index] as number, high[index] as number];
    if (aim >= least && aim <= most) return aim;
    momentum[index] = -(momentum[index] as number);
    return Math.min(Math.max(aim < least ? 2 * least - aim : 2 * most - aim, least), most);
  });
}

function push(momentum: Float64Array, gradient: Float64Array, by: number): void {
  for (let index = 0; index < momentum.length; index += 1) momentum[index] = (momentum[index] as number) - by * (gradient[index] as number);
}

function energy({ value }: Place, momentum: Float64Array): number {
  return value + 0.5 * momentum.reduce((sum, speed) => sum + speed * speed, 0);
}
