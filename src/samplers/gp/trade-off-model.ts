import type { Candidate } from '../../pareto/dominance.ts';
import { peelFronts } from '../../pareto/fronts.ts';
import { bestRanked } from '../../pareto/order.ts';
import { permutation } from '../../shared/random.ts';
import type { Problem, SuggestionRequest } from '../contract.ts';
import { candidateOf, directionsOf } from '../several-metrics.ts';
import type { Geometry, Point } from './dimensions.ts';
import { memberOf } from './ensemble.ts';
import { type Evidence, gatherEvidence, thinned } from './evidence.ts';
import { Feasibility } from './feasibility.ts';
import { mostProbable } from './fit.ts';
import type { Hyperparameters } from './hyperparameters.ts';
import { drawnDirections, HypervolumeImprovement } from './hypervolume-improvement.ts';
import { Limits } from './limits.ts';
import { leastValues, type Model, type ModelInputs } from './model.ts';
import { medianOf, rankedBeyond, standardised } from './outputs.ts';
import { Posterior } from './posterior.ts';
import type { GpSettings } from './settings.ts';

/** Random directions along which the hypervolume is measured. */
const directionCount = 16;
/** The reference point is by this share of the front's range worse than its worst point, and by this much at least, in deviations of the metric. */
const [margin, leastMargin] = [0.1, 0.01];

/**
 * The model of several metrics: a process for each, judged by the hypervolume that a trial is expected to add. null if too few trials have
 * values.
 */
export function tradeOffModel({ problem, settings, request, geometry, layout }: ModelInputs): Model | null {
  const tradeOffs = gatherTradeOffs(problem, geometry, request, settings.mostModelled);
  const { evidence } = tradeOffs;
  if (evidence.measured.length < leastValues) return null;
  const outputs = outputsOf(tradeOffs);
  const thetas = outputs.map((each) => fitted(layout, evidence, each, settings));
  const posteriors = outputs.map((each, metric) => {
    const theta = thetas[metric] ?? layout.mean;
    return memberOf(new Posterior(layout, theta, evidence.points, each), evidence, each).posterior;
  });
  const front = expectedFront(posteriors, evidence);
  const { stream, firstIndex } = request;
  const tradeOff = {
    posteriors,
    front: front.map(({ means }) => means),
    reference: outputs.map((_, metric) => referenceFor(front.map(({ means }) => means[metric] as number))),
    directions: drawnDirections(outputs.length, directionCount, stream('gp-directions', firstIndex)),
  };
  const [first] = posteriors;
  const feasibility = first && evidence.failed.length > 0 ? new Feasibility(first.kernel, evidence) : null;
  const limits = evidence.limited && new Limits(layout, evidence.limited, settings.fit);
  const shuffled = permutation(stream('gp-front', firstIndex), front.length);
  return {
    acquisition: new HypervolumeImprovement(tradeOff, [...(feasibility ? [feasibility] : []), ...(limits ? [limits] : [])]),
    thetas,
    best: Array.from(shuffled, (index) => (front[index] as FrontPoint).point),
    tried: evidence.tried,
    // Boxes are around one point of the front after another: what one of them brought says little of the next.
    widthOfBox: ({ start }) => start,
    localModel: () => null,
  };
}

/** Losses as outputs of the models: up to the worst of the front, and at least up to the median, they keep their distances; beyond that they keep only their rank. */
function outputsOf({ evidence: { points, beyond }, losses }: TradeOffs): Float64Array[] {
  const rivals = points.flatMap((point, index) => (beyond.has(point) ? [] : [losses.map((each) => -(each[index] as number))]));
  const [front = []] = peelFronts(rivals, 1);
  return losses.map((each, metric) => {
    const median = medianOf(Float64Array.from(each).sort());
    return rankedBeyond(
      each,
      front.reduce((worst, index) => Math.max(worst, -(rivals[index]?.[metric] as number)), median),
    );
  });
}

/** The most probable hyperparameters of the process of one metric. */
function fitted(layout: Hyperparameters, { points, values }: Evidence, outputs: Float64Array, settings: GpSettings): Float64Array {
  const at = new Map(points.map((point, index) => [point, outputs[index] as number]));
  const kept = thinned({ points, values }, settings.mostFitted).points;
  const known = { points: kept, values: standardised(Float64Array.from(kept, (point) => at.get(point) as number)) };
  return mostProbable(layout, known, settings.fit);
}

function referenceFor(means: readonly number[]): number {
  const best = means.reduce((least, mean) => Math.min(least, mean), Number.POSITIVE_INFINITY);
  const worst = means.reduce((most, mean) => Math.max(most, mean), Number.NEGATIVE_INFINITY);
  return worst + margin * (worst - best) + leastMargin;
}

interface FrontPoint {
  readonly point: Point;
  /** Posterior mean of each metric; less is better. */
  readonly means: readonly number[];
}

/** The front of the points tried so far, and of those being tried, by what the models say of them: noise neither puts a point on it nor takes one off. */
function expectedFront(posteriors: readonly Posterior[], { points, pending, beyond }: Evidence): FrontPoint[] {
  const rivals = [...points.filter((point) => !beyond.has(point)), ...pending];
  const means = posteriors.map((posterior) => posterior.meansAt(rivals));
  const all = rivals.map((point, index) => ({ point, means: means.map((each) => each[index] as number) }));
  const [first = []] = peelFronts(
    all.map((each) => each.means.map((mean) => -mean)),
    1,
  );
  return first.map((index) => all[index] as FrontPoint);
}

interface TradeOffs {
  /** The trials, with the place of each by front and crowding as its value. */
  readonly evidence: Evidence;
  /** Of each metric, the loss at each point, between −1 and 1: the worst one where a failure stands for a bad region. */
  readonly losses: readonly Float64Array[];
}

/** Trials that the model leaves out, of very many, are those with the worst places. */
function gatherTradeOffs(problem: Problem, geometry: Geometry, { history, pending }: SuggestionRequest, most: number): TradeOffs {
  const directions = directionsOf(problem);
  const results = [...history];
  const candidates = results.map((result) => candidateOf(directions, result));
  const places = placesOf(candidates);
  const ranked = results.map((result, index) => ({ ...result, value: candidates[index]?.values ? (places[index] as number) : null }));
  const evidence = gatherEvidence('minimize', geometry, { history: ranked, pending }, most);
  const losses = directions.map((_, metric) => {
    const values = evidence.measured.map((place) => -(candidates[place]?.values?.[metric] ?? 0));
    const largest = values.reduce((size, value) => Math.max(size, Math.abs(value)), 0) || 1;
    const worst = values.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY);
    // Failures that stand for a bad region follow the trials with values.
    return Float64Array.from(evidence.points, (_point, index) => (values[index] ?? worst) / largest);
  });
  return { evidence, losses };
}

/** The place of each candidate, from 1, the best. */
function placesOf(candidates: readonly Candidate[]): Float64Array {
  const places = new Float64Array(candidates.length);
  for (const [place, { index }] of bestRanked(candidates, candidates.length).entries()) places[index] = place + 1;
  return places;
}
