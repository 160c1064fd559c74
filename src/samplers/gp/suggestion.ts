import type { RandomStream } from '../../shared/random.ts';
import type { Problem, SuggestionRequest } from '../contract.ts';
import { directionsOf } from '../several-metrics.ts';
import { withChoicesOf } from './branch.ts';
import { type Geometry, geometryOf, type Point, settlerOf } from './dimensions.ts';
import { keepsLimits } from './evidence.ts';
import { hyperparametersOf } from './hyperparameters.ts';
import type { LocalModel } from './local-model.ts';
import type { Model, ModelInputs } from './model.ts';
import { Proposer, priorShape, shapeOf } from './proposals.ts';
import { type Candidate, findBest, lastResort, type SearchInputs } from './search.ts';
import type { GpSettings } from './settings.ts';
import { tradeOffModel } from './trade-off-model.ts';
import { boxAround, nearbyPhase } from './trust-region.ts';
import { valueModel } from './value-model.ts';

/** The search that made a suggestion: of the whole space, of a box around the best point, or of the box of the local model. */
export type GpPhase = 'model' | typeof nearbyPhase | 'local';

/** A point to try; its score is −Infinity if it was drawn because all candidates had been tried. */
export interface Prospect extends Candidate {
  readonly phase: GpPhase;
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
  const inputs = { geometry, stream, settle: settlerOf(geometry), acquisition, tried, shape: shapeOf(layout, shaping) };
  const [centre] = best;
  if (settings.region && centre && request.firstIndex % 2 === 1) {
    const local = request.firstIndex % 4 === 1 ? model.localModel(centre, inputs.shape) : null;
    const close = local && findBest(withLocalModel(inputs, centre, local), settings.search);
    if (close && Number.isFinite(close.score)) return { ...close, phase: 'local' };
    const near = findBest(inBox(inputs, centre, model.widthOfBox(settings.region)), settings.search);
    if (near) return { ...near, phase: nearbyPhase };
  }
  const everywhere = { ...inputs, proposer: new Proposer(geometry, stream), best, prior: priorShape(layout) };
  return { ...(findBest(everywhere, settings.search) ?? lastResort(everywhere)), phase: 'model' };
}

/** Inputs that all three searches share. */
interface CommonInputs extends Omit<SearchInputs, 'proposer' | 'best' | 'prior'> {
  readonly geometry: Geometry;
  readonly stream: RandomStream;
}

function inBox(inputs: CommonInputs, centre: Point, width: number): SearchInputs {
  const proposer = new Proposer(inputs.geometry, inputs.stream, boxAround(centre, inputs.shape, width));
  return { ...inputs, proposer, best: [centre], prior: inputs.shape };
}

function withLocalModel(inputs: CommonInputs, centre: Point, { acquisition, shape, box }: LocalModel): SearchInputs {
  const proposer = new Proposer(inputs.geometry, inputs.stream, box);
  const settle = withChoicesOf(inputs.geometry, centre, inputs.settle);
  return { ...inputs, proposer, settle, acquisition, shape, prior: shape, best: [centre] };
}

/** While no trial keeps all limits, their violation is the only metric. */
function modelOf(inputs: ModelInputs): Model | null {
  const isOfSeveral = directionsOf(inputs.problem).length > 1 && [...inputs.request.history].some(keepsLimits);
  return isOfSeveral ? tradeOffModel(inputs) : valueModel(inputs);
}
