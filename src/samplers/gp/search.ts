import { keyOf, type Point, type Settle } from './dimensions.ts';
import type { Proposer, Shape } from './proposals.ts';

/** Numbers of candidates. More of them find a better one, and take longer. */
export interface SearchSettings {
  /** Candidates drawn from the whole space, in each of two shapes; and those of them that are left after a look with one model. */
  readonly scattered: number;
  readonly glanced: number;
  /** Tried points around which candidates are drawn, and how many around each. */
  readonly centres: number;
  readonly aroundCentre: number;
  /** Candidates that are improved, rounds of it, and candidates around each in a round. */
  readonly kept: number;
  readonly rounds: number;
  readonly aroundKept: number;
}

/** A candidate with the logarithm of its expected improvement. */
export interface Candidate {
  readonly point: Point;
  readonly score: number;
}

/** Distances of the candidates around a tried point, as a share of the lengthscale. */
const centreScales = [0.5, 0.2, 0.05];
/** The distance in the first round of improvement, and its factor from round to round. */
const firstScale = 0.5;
const shrinkage = 0.45;
/** Draws of the last resort. */
const lastDraws = 20;

/** The logarithm of what a trial at each of some points is expected to bring. */
export interface Acquisition {
  score(points: readonly Point[]): Float64Array;
  /** A rough one, at a fraction of the cost. */
  scoreByFirst(points: readonly Point[]): Float64Array;
}

/** Inputs of a search for the best candidate. */
export interface SearchInputs {
  readonly settle: Settle;
  readonly proposer: Proposer;
  readonly acquisition: Acquisition;
  /** Tried points, best first. */
  readonly best: readonly Point[];
  readonly tried: ReadonlySet<string>;
  /** The warps of the prior, and the shape that one member of the ensemble has. */
  readonly prior: Shape;
  readonly shape: Shape;
}

/** Looks for the point with the largest expected improvement that was not tried; null if every candidate was. */
export function findBest(inputs: SearchInputs, settings: SearchSettings): Candidate | null {
  let kept = untriedBest(inputs, judged(inputs, firstCandidates(inputs, settings)), settings.kept);
  for (let round = 0; round < settings.rounds; round += 1) {
    kept = improved(inputs, kept, settings.aroundKept, firstScale * shrinkage ** round);
    if (round === 2) kept = bestFirst(kept).slice(0, Math.max(2, Math.ceil(kept.length / 2)));
  }
  return bestFirst(kept)[0] ?? null;
}

function firstCandidates(inputs: SearchInputs, settings: SearchSettings): Point[] {
  const { settle, proposer, best, prior, shape } = inputs;
  const scattered: Point[] = [];
  for (const { warps } of [prior, shape]) {
    for (let count = 0; count < settings.scattered; count += 1) scattered.push(settle(proposer.anywhere(warps)));
  }
  const near: Point[] = [];
  for (const centre of best.slice(0, settings.centres)) {
    for (let count = 0; count < settings.aroundCentre; count += 1)
      near.push(settle(proposer.near(centre, shape, centreScales[count % centreScales.length] as number)));
  }
  return [...glanced(inputs, scattered, settings.glanced), ...near];
}

/** The best by one model, of those that were not tried. */
function glanced(inputs: SearchInputs, points: readonly Point[], count: number): Point[] {
  if (points.length <= count) return [...points];
  return untriedBest(inputs, scored(points, inputs.acquisition.scoreByFirst(points)), count).map(({ point }) => point);
}

/** Each candidate, or the best of its neighbours if that is better. */
function improved(inputs: SearchInputs, candidates: readonly Candidate[], count: number, scale: number): Candidate[] {
  const around = candidates.flatMap(({ point }) =>
    Array.from({ length: count }, () => inputs.settle(inputs.proposer.near(point, inputs.shape, scale))),
  );
  const neighbours = judged(inputs, around);
  return candidates.map((candidate, index) => {
    const [rival] = untriedBest(inputs, neighbours.slice(index * count, (index + 1) * count), 1);
    return rival && rival.score > candidate.score ? rival : candidate;
  });
}

function judged({ acquisition }: SearchInputs, points: readonly Point[]): Candidate[] {
  return scored(points, acquisition.score(points));
}

function scored(points: readonly Point[], scores: Float64Array): Candidate[] {
  return points.map((point, index) => ({ point, score: scores[index] as number }));
}

function bestFirst(candidates: readonly Candidate[]): Candidate[] {
  return [...candidates].sort((one, two) => two.score - one.score);
}

/** The best candidates that were not tried, each point once. */
function untriedBest({ tried }: SearchInputs, candidates: readonly Candidate[], count: number): Candidate[] {
  const found = new Map<string, Candidate>();
  for (const candidate of bestFirst(candidates)) {
    if (found.size === count) break;
    const key = keyOf(candidate.point);
    if (!tried.has(key) && !found.has(key)) found.set(key, candidate);
  }
  return [...found.values()];
}

/** A point drawn at random, one that was not tried if some draws find it. */
export function lastResort({ settle, proposer, prior, tried }: SearchInputs): Candidate {
  let point = settle(proposer.anywhere(prior.warps));
  for (let draw = 1; draw < lastDraws && tried.has(keyOf(point)); draw += 1) point = settle(proposer.anywhere(prior.warps));
  return { point, score: Number.NEGATIVE_INFINITY };
}
