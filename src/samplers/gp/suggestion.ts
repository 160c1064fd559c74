import type { Problem, SuggestionRequest } from '../contract.ts';
import { geometryOf, type Point, settlerOf } from './dimensions.ts';
import { Ensemble, memberOf } from './ensemble.ts';
import { type Evidence, gatherEvidence, thinned } from './evidence.ts';
import { Feasibility } from './feasibility.ts';
import { fitHyperparameters } from './fit.ts';
import { hyperparametersOf } from './hyperparameters.ts';
import { Limits } from './limits.ts';
import { Posterior } from './posterior.ts';
import { Proposer, priorShape, shapeOf } from './proposals.ts';
import { type Candidate, findBest, lastResort } from './search.ts';
import type { GpSettings } from './settings.ts';
import { boxAround, widthAfter } from './trust-region.ts';

/** Fewer values than this say nothing about a function. */
const leastValues = 3;

/** A point to try; its score is −Infinity if it was drawn because all candidates had been tried. */
export interface Prospect extends Candidate {
  /** True if it was looked for in the box around the best point alone. */
  readonly isNearby: boolean;
}

/** The most promising point by the model; null if too few trials have a value. */
export function promisingPoint(problem: Problem, settings: GpSettings, request: SuggestionRequest): Prospect | null {
  const geometry = geometryOf(problem.space);
  const evidence = gatherEvidence(problem.direction, geometry, request, settings.mostModelled);
  if (evidence.measured < leastValues) return null;
  const layout = hyperparametersOf(geometry.dimensions);
  const fitted = fitHyperparameters(layout, thinned(evidence, settings.mostFitted), settings.fitSteps);
  const members = fitted.map(({ theta, transform }) => {
    const outputs = transform(evidence.values);
    return memberOf(new Posterior(layout, theta, evidence.points, outputs), evidence, outputs);
  });
  const [first] = members;
  const feasibility = first && evidence.failed.length > 0 ? new Feasibility(first.posterior.kernel, evidence) : null;
  const limits = evidence.limited && new Limits(layout, evidence.limited, settings.fitSteps);
  const ensemble = new Ensemble(members, [...(feasibility ? [feasibility] : []), ...(limits ? [limits] : [])]);
  const stream = request.stream('gp-candidates', request.firstIndex);
  const shaping = fitted[stream.integer(fitted.length)]?.theta ?? layout.mean;
  const [shape, prior] = [shapeOf(layout, shaping), priorShape(layout)];
  const inputs = { settle: settlerOf(geometry), ensemble, tried: evidence.tried, shape };
  const best = bestFirst(ensemble, evidence);
  const [centre] = best;
  if (settings.region && centre && request.firstIndex % 2 === 1) {
    const box = boxAround(centre, shape, widthAfter(problem.direction, request.history, settings.region));
    const proposer = new Proposer(geometry, stream, box);
    const found = findBest({ ...inputs, proposer, best: [centre], prior: shape }, settings.search);
    if (found) return { ...found, isNearby: true };
  }
  const everywhere = { ...inputs, proposer: new Proposer(geometry, stream), best, prior };
  return { ...(findBest(everywhere, settings.search) ?? lastResort(everywhere)), isNearby: false };
}

/** Points beyond no limit by what the models say of them: a lucky value at a noisy one is no reason to look around it. */
function bestFirst(ensemble: Ensemble, { points: all, beyond }: Evidence): Point[] {
  const points = beyond.size === 0 ? all : all.filter((point) => !beyond.has(point));
  const means = ensemble.means(points);
  return points
    .map((point, index) => ({ point, mean: means[index] as number }))
    .sort((one, two) => one.mean - two.mean)
    .map(({ point }) => point);
}
