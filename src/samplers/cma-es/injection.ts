import { lengthOf, times } from './eigen.ts';

/** Δσ_max: the step size grows by a factor of e at most in a generation with injected points. */
export const mostGrowthWithGuests = 1;

/**
 * A step to a point that the distribution did not draw, shortened to a length that it might have drawn: a Mahalanobis length of
 * √n + 2n / (n + 2) (Hansen, "Injecting External Solutions Into CMA-ES", 2011, equation 4).
 *
 * @param inverse C^−½
 */
export function shortened(step: Float64Array, inverse: Float64Array): Float64Array {
  const size = step.length;
  const most = Math.sqrt(size) + (2 * size) / (size + 2);
  const length = lengthOf(times(inverse, step));
  return length > most ? step.map((coordinate) => (coordinate * most) / length) : step;
}
