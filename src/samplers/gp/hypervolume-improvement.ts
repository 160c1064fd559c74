import { reach, unitVector } from '../../pareto/directions.ts';
import type { RandomStream } from '../../shared/random.ts';
import type { Point } from './dimensions.ts';
import type { Chances } from './ensemble.ts';
import { logNormalBelow } from './limits.ts';
import type { Posterior, Prediction } from './posterior.ts';
import type { Acquisition } from './search.ts';

/** Nodes and weights of Gauss and Legendre's quadrature with five nodes, on the unit interval. */
const nodes = [0.04691007703066802, 0.23076534494715845, 0.5, 0.7692346550528415, 0.953089922969332];
const weights = [0.11846344252809454, 0.23931433524968324, 0.28444444444444444, 0.23931433524968324, 0.11846344252809454];
/** An outcome that is better than expected by more deviations than this is left out. */
const luckiest = 3.5;
/** More deviations than this below a bound, an outcome is certain to be below it. */
const certain = 6;
/** Directions of a rough look. */
const fewDirections = 8;
/** Least component of a direction before it is scaled: along none is a metric ignored. */
const leastComponent = 1e-3;

/** The models, the front, the reference point and the directions by which the hypervolume is measured; losses are those of the models, less is better. */
export interface TradeOff {
  /** The model of each metric. */
  readonly posteriors: readonly Pick<Posterior, 'predict'>[];
  /** Means of the points that are not dominated. */
  readonly front: readonly (readonly number[])[];
  /** Worse than the front in every metric. */
  readonly reference: readonly number[];
  readonly directions: readonly (readonly number[])[];
}

/**
 * The hypervolume that a trial is expected to add to that of the front. In polar coordinates around the reference point r the volume is an integral over directions λ of
 * the k-th power, for k metrics, of how far the front reaches along each: s_λ(y) = min_i (r_i − y_i) / λ_i (Zhang and Golovin, "Random Hypervolume
 * Scalarizations for Provable Multi-Objective Black Box Optimization", ICML 2020, lemma 5). With independent normal outcomes, the expected growth along a
 * direction is
 *
 *   ∫ k·t^(k−1) · Π_i Φ((r_i − t·λ_i − μ_i) / σ_i) dt   from the reach of the front on.
 *
 * The sum over some random directions takes the place of the integral over all: the cost hardly grows with the number of metrics.
 */
export class HypervolumeImprovement implements Acquisition {
  readonly #of: TradeOff;
  readonly #chances: readonly Chances[];
  /** The distance along each direction at which the front ends. */
  readonly #reached: readonly number[];

  /** @param chances that a trial succeeds, and that it keeps the limits of the study: the improvement is multiplied by each */
  constructor(tradeOff: TradeOff, chances: readonly Chances[]) {
    this.#of = tradeOff;
    this.#chances = chances;
    const corners = tradeOff.front.map((losses) => losses.map((loss, metric) => (tradeOff.reference[metric] as number) - loss));
    this.#reached = tradeOff.directions.map((direction) => corners.reduce((most, corner) => Math.max(most, reach(corner, direction)), 0));
  }

  score(points: readonly Point[]): Float64Array {
    return this.#judge(points, this.#reached.length);
  }

  scoreByFirst(points: readonly Point[]): Float64Array {
    return this.#judge(points, Math.min(fewDirections, this.#reached.length));
  }

  #judge(points: readonly Point[], directions: number): Float64Array {
    const predictions = this.#of.posteriors.map((posterior) => posterior.predict(points));
    const chances = this.#chances.map((one) => one.logChances(points));
    const logs = new Float64Array(directions * nodes.length);
    return Float64Array.from(points, (_, index) => {
      const [means, deviations] = [columnOf(predictions, 'means', index), columnOf(predictions, 'deviations', index)];
      for (let direction = 0; direction < directions; direction += 1) this.#addGrowth(means, deviations, direction, logs);
      return chances.reduce((sum, each) => sum + (each[index] as number), logSumExp(logs));
    });
  }

  /** Writes the logarithm of what each node adds to the integral along a direction, up to a constant. */
  #addGrowth(means: readonly number[], deviations: readonly number[], place: number, logs: Float64Array): void {
    const direction = this.#of.directions[place] as readonly number[];
    const from = this.#reached[place] as number;
    const distances = means.map((mean, metric) => (this.#of.reference[metric] as number) - mean);
    const lucky = reach(
      distances.map((distance, metric) => distance + luckiest * (deviations[metric] as number)),
      direction,
    );
    // Of a point that even luck does not bring beyond the front, the tail counts.
    const width = Math.max(lucky - from, 0.5 * reach(deviations, direction));
    const constant = Math.log(width);
    for (let node = 0; node < nodes.length; node += 1) {
      const t = from + width * (nodes[node] as number);
      let log = constant + Math.log(weights[node] as number) + (means.length - 1) * Math.log(t);
      for (let metric = 0; metric < means.length; metric += 1) {
        const gap = (distances[metric] as number) - t * (direction[metric] as number);
        const z = gap / (deviations[metric] as number);
        if (z < certain) log += logNormalBelow(z);
      }
      logs[place * nodes.length + node] = log;
    }
  }
}

/** Directions drawn uniformly from those in which every component is above 0. */
export function drawnDirections(metrics: number, count: number, stream: RandomStream): number[][] {
  return Array.from({ length: count }, () => unitVector(Array.from({ length: metrics }, () => Math.abs(stream.normal()) + leastComponent)));
}

function columnOf(predictions: readonly Prediction[], of: keyof Prediction, index: number): number[] {
  return predictions.map((prediction) => prediction[of][index] as number);
}

function logSumExp(logs: Float64Array): number {
  const most = logs.reduce((largest, log) => Math.max(largest, log), Number.NEGATIVE_INFINITY);
  if (!Number.isFinite(most)) return most;
  return most + Math.log(logs.reduce((sum, log) => sum + Math.exp(log - most), 0));
}
