import type { Problem, SuggestionRequest } from '../contract.ts';
import { directionsOf } from '../several-metrics.ts';
import { geometryOf, settlerOf } from './dimensions.ts';
import { keepsLimits } from './evidence.ts';
import { hyperparametersOf } from './hyperparameters.ts';
import type { Model, ModelInputs } from './model.ts';
import { Proposer, priorShape, shapeOf } from './proposals.ts';
import { type Candidate, findBest, lastResort } from './search.ts';
import type { GpSettings } from './settings.ts';
import { tradeOffModel } from './trade-off-model.ts';
import { boxAround } from './trust-region.ts';
import { valueModel } from './value-model.ts';

/** A point to try; its score is −Infinity if it was drawn because all candidates had been tried. */
export interface Prospect extends Candidate {
  /** True if it was looked for in the box around the best point alone. */
  readonly isNearby: boolean;
}

/** The most promising point by the model; null if too few trials have a value. */
export function promisingPoint(problem: Problem, settings: GpSettings, request: SuggestionRequest): Prospect | null {
  const geometry = geometryOf(problem.space);
  const layout = hyperparametersOf(geometry.dimensions);
  const model = modelOf({ problem, settings, request, geometry, layout });
  if (!model) return null;
  const { acquisition, best, tried } = model;
  const stream = request.stream('gp-candidates', request.firstIndex);
  const shaping = model.thetas[stream.integer(model.thetas.length)] ?? layout.mean;
  const [shape, prior] = [shapeOf(layout, shaping), priorShape(layout)];
  const inputs = { settle: settlerOf(geometry), acquisition, tried, shape };
  const [centre] = best;
  if (settings.region && centre && request.firstIndex % 2 === 1) {
    const box = boxAround(centre, shape, model.widthOfBox(settings.region));
    const proposer = new Proposer(geometry, stream, box);
    const found = findBest({ ...inputs, proposer, best: [centre], prior: shape }, settings.search);
    if (found) return { ...found, isNearby: true };
  }
  const everywhere = { ...inputs, proposer: new Proposer(geometry, stream), best, prior };
  return { ...(findBest(everywhere, settings.search) ?? lastResort(everywhere)), isNearby: false };
}

/** While no trial keeps all limits, their violation is the only metric. */
function modelOf(inputs: ModelInputs): Model | null {
  const isOfSeveral = directionsOf(inputs.problem).length > 1 && [...inputs.request.history].some(keepsLimits);
  return isOfSeveral ? tradeOffModel(inputs) : valueModel(inputs);
}
