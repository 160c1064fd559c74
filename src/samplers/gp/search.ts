import { keyOf, type Point, type Settle } from './dimensions.ts';
import type { Ensemble } from './ensemble.ts';
import type { Proposer, Shape } from './proposals.ts';

/** How thoroughly the best candidate is looked for. */
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
interface Candidate {
  readonly point: Point;
  readonly score: number;
}

/** Distances of the candidates around a tried point, as a share of the lengthscale. */
const centreScales = [0.5, 0.2, 0.05];
/** The distance in the first round of improvement, and its factor from round to round. */
const firstScale = 0.5;
const shrinkage = 0.45;
/** Only the best candidates of a batch are checked for repeats: nobody takes the others. */
const checked = 30;
/** Draws for a point that was not tried, where every candidate was. */
const lastDraws = 20;

/** What a search for the best candidate needs. */
export interface Field {
  readonly settle: Settle;
  readonly proposer: Proposer;
  readonly ensemble: Ensemble;
  /** Tried points, best first. */
  readonly best: readonly Point[];
  readonly tried: ReadonlySet<string>;
  /** The warps of the prior, and the shape that one member of the ensemble has. */
  readonly prior: Shape;
  readonly shape: Shape;
}

/** Looks for the point with the largest expected improvement that was not tried. */
export function findBest(field: Field, settings: SearchSettings): Candidate {
  let kept = bestOf(judged(field, firstCandidates(field, settings)), settings.kept);
  for (let round = 0; round < settings.rounds; round += 1) {
    const scale = firstScale * shrinkage ** round;
    kept = improved(field, kept, settings.aroundKept, scale);
    if (round === 2) kept = bestOf(kept, Math.max(2, Math.ceil(kept.length / 2)));
  }
  const [best] = bestOf(kept, 1);
  if (best && !field.tried.has(keyOf(best.point))) return best;
  return untried(field) ?? best ?? { point: field.settle(field.proposer.anywhere(field.prior.warps)), score: Number.NEGATIVE_INFINITY };
}

function firstCandidates(field: Field, settings: SearchSettings): Point[] {
  const { settle, proposer, best, prior, shape } = field;
  const scattered: Point[] = [];
  for (const { warps } of [prior, shape]) {
    for (let count = 0; count < settings.scattered; count += 1) scattered.push(settle(proposer.anywhere(warps)));
  }
  const near: Point[] = [];
  for (const centre of best.slice(0, settings.centres)) {
    for (let count = 0; count < settings.aroundCentre; count += 1)
      near.push(settle(proposer.near(centre, shape, centreScales[count % centreScales.length] as number)));
  }
  return [...glanced(field, scattered, settings.glanced), ...near];
}

/** The best by one model. */
function glanced({ ensemble }: Field, points: readonly Point[], count: number): Point[] {
  if (points.length <= count) return [...points];
  const scores = ensemble.glance(points);
  return bestOf(
    points.map((point, index) => ({ point, score: scores[index] as number })),
    count,
  ).map(({ point }) => point);
}

/** Each candidate, or the best of its neighbours if that is better. */
function improved(field: Field, candidates: readonly Candidate[], count: number, scale: number): Candidate[] {
  const around = candidates.flatMap(({ point }) =>
    Array.from({ length: count }, () => field.settle(field.proposer.near(point, field.shape, scale))),
  );
  const scored = judged(field, around);
  return candidates.map((candidate, index) => {
    const [rival] = bestOf(scored.slice(index * count, (index + 1) * count), 1);
    return rival && rival.score > candidate.score ? rival : candidate;
  });
}

/** Candidates with their scores; of the best ones, those that were tried have none. */
function judged({ ensemble, tried }: Field, points: readonly Point[]): Candidate[] {
  const scores = ensemble.score(points);
  const candidates = points.map((point, index) => ({ point, score: scores[index] as number }));
  for (const candidate of bestOf(candidates, checked)) {
    if (tried.has(keyOf(candidate.point))) candidate.score = Number.NEGATIVE_INFINITY;
  }
  return candidates;
}

function bestOf<Kind extends Candidate>(candidates: readonly Kind[], count: number): Kind[] {
  return [...candidates].sort((one, two) => two.score - one.score).slice(0, count);
}

function untried({ settle, proposer, prior, tried }: Field): Candidate | null {
  for (let draw = 0; draw < lastDraws; draw += 1) {
    const point = settle(proposer.anywhere(prior.warps));
    if (!tried.has(keyOf(point))) return { point, score: Number.NEGATIVE_INFINITY };
  }
  return null;
}
