import { adaptedCategories, type Categories, evenCategories } from './categorical.ts';
import { choicesOf, type Geometry, type Point } from './dimensions.ts';
import { adapted, ball, type Gaussian, rootsOf } from './gaussian.ts';
import { mostGrowthWithGuests, shortened } from './injection.ts';
import { fullRates, type LearningRates, slowed } from './learning-rate.ts';
import { withMargin } from './margin.ts';
import { type Strategy, strategyOf } from './strategy.ts';

/** The joint distribution that a generation is drawn from: numbers and choices are independent of each other. */
export interface Distribution {
  readonly gaussian: Gaussian;
  /** Scale of each numeric axis; see `withMargin`. */
  readonly scales: Float64Array;
  readonly categories: Categories;
  /** Null without learning-rate adaptation. */
  readonly rates: LearningRates | null;
}

/** A ranked point. */
export interface RankedPoint extends Point {
  /** True for a point that the distribution did not draw. Its coordinates are NaN, and its choices −1, where it has no value. */
  readonly isGuest: boolean;
}

/** The distribution that a search begins with. */
export function startingDistribution(geometry: Geometry, mean: Float64Array, sigma: number, adaptsRates: boolean): Distribution {
  return {
    gaussian: ball(mean, sigma),
    scales: new Float64Array(mean.length).fill(1),
    categories: evenCategories(geometry.choices.map(choicesOf)),
    rates: adaptsRates ? fullRates(mean.length) : null,
  };
}

/**
 * The distribution after a generation.
 *
 * @param ranked its points, best first, at least 2
 * @param population that the margin of stepped axes depends on
 */
export function adaptedDistribution(
  geometry: Geometry,
  { gaussian, scales, categories, rates }: Distribution,
  ranked: readonly RankedPoint[],
  population: number,
): Distribution {
  const dimensions = geometry.numeric.length;
  const strategy = strategyOf(Math.max(dimensions, 1), ranked.length);
  const numbers =
    dimensions > 0 ? adaptedNumbers(geometry, { gaussian, scales, rates }, ranked, strategy, population) : { gaussian, scales, rates };
  const chosen = ranked.map(({ choices }) => choices);
  const weights = strategy.weights.map((weight) => Math.max(weight, 0));
  return { ...numbers, categories: geometry.choices.length > 0 ? adaptedCategories(categories, chosen, weights) : categories };
}

type Numbers = Omit<Distribution, 'categories'>;

function adaptedNumbers(
  { numeric }: Geometry,
  { gaussian, scales, rates }: Numbers,
  ranked: readonly RankedPoint[],
  strategy: Strategy,
  population: number,
): Numbers {
  const roots = rootsOf(gaussian);
  const hasGuests = ranked.some(({ isGuest }) => isGuest);
  const steps = ranked.map(({ coordinates, isGuest }) => {
    const step = coordinates.map((coordinate, index) => (coordinate - (gaussian.mean[index] as number)) / gaussian.sigma);
    return isGuest ? shortened(visitingStep(step, scales), roots.inverse) : step;
  });
  const after = adapted(gaussian, roots, steps, strategy, hasGuests ? mostGrowthWithGuests : undefined);
  const changed = rates ? slowed(rates, gaussian, roots, after) : { gaussian: after, rates };
  const margin = marginOf({ numeric }, population);
  return { ...withMargin(numeric, { gaussian: changed.gaussian, scales }, margin), rates: changed.rates };
}

/** α of `withMargin`: 1 / (dimensions · population). */
export function marginOf({ numeric }: Pick<Geometry, 'numeric'>, population: number): number {
  return 1 / (numeric.length * population);
}

/** The step of a guest: none where it has no value, and before the scales, as drawn steps are. */
function visitingStep(step: Float64Array, scales: Float64Array): Float64Array {
  return step.map((coordinate, index) => (Number.isNaN(coordinate) ? 0 : coordinate / (scales[index] as number)));
}
