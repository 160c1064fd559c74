import type { Point } from './dimensions.ts';
import type { Evidence } from './evidence.ts';
import type { Fitted } from './fit.ts';
import type { Hyperparameters } from './hyperparameters.ts';
import { logImprovement } from './improvement.ts';
import { Posterior } from './posterior.ts';

/** Outputs at points under one set of hyperparameters. */
export interface Member {
  readonly posterior: Posterior;
  /**
   * The least posterior mean at a point that was tried and is beyond no limit: what an improvement is measured from. Unlike the least value
   * it is not fooled by noise.
   */
  readonly incumbent: number;
}

/** A model of the chance that a trial at a point succeeds and keeps the limits; it returns logarithms. */
export interface Chances {
  logChances(points: readonly Point[]): Float64Array;
}

/** Several models of the same trials; a candidate is judged by its mean expected improvement over them. */
export class Ensemble {
  readonly members: readonly Member[];
  readonly #chances: readonly Chances[];
  readonly #seen: (point: Point) => Point;

  /**
   * @param chances that a trial succeeds, and that it keeps the limits of the study: the improvement is multiplied by each
   * @param seen turns a point into the coordinates of the members, if these are others than those of the chances
   */
  constructor(members: readonly Member[], chances: readonly Chances[], seen: (point: Point) => Point = (point) => point) {
    this.members = members;
    this.#chances = chances;
    this.#seen = seen;
  }

  /** The logarithm of the mean expected improvement at each point, times the chance that a trial there succeeds. */
  score(points: readonly Point[]): Float64Array {
    return this.#judge(this.members, points);
  }

  /** The same by the first member alone, at a fraction of the cost. */
  scoreByFirst(points: readonly Point[]): Float64Array {
    return this.#judge(this.members.slice(0, 1), points);
  }

  #judge(members: readonly Member[], points: readonly Point[]): Float64Array {
    const seen = points.map(this.#seen);
    const each = members.map((member) => logImprovements(member, seen));
    const chances = this.#chances.map((one) => one.logChances(points));
    return Float64Array.from(points, (_, index) => chances.reduce((sum, logs) => sum + (logs[index] as number), logMeanExp(each, index)));
  }

  /** The mean over the members of their posterior means at each point. */
  means(points: readonly Point[]): Float64Array {
    const seen = points.map(this.#seen);
    const each = this.members.map(({ posterior }) => posterior.meansAt(seen));
    return Float64Array.from(points, (_, index) => each.reduce((sum, means) => sum + (means[index] as number), 0) / each.length);
  }
}

/** A member for each set of hyperparameters. */
export function membersOf(
  layout: Hyperparameters,
  fitted: readonly Fitted[],
  evidence: Pick<Evidence, 'points' | 'values' | 'pending' | 'beyond'>,
): Member[] {
  return fitted.map(({ theta, transform }) => {
    const outputs = transform(evidence.values);
    return memberOf(new Posterior(layout, theta, evidence.points, outputs), evidence, outputs);
  });
}

/** A member: the outputs at the evidence's points, and at each pending point what the model expects there (Ginsbourger, Le Riche and Carraro 2010, "kriging believer"). */
export function memberOf(
  posterior: Posterior,
  { points, pending, beyond }: Pick<Evidence, 'points' | 'pending' | 'beyond'>,
  outputs: Float64Array,
): Member {
  const rivals = beyond.size === 0 ? points : points.filter((point) => !beyond.has(point));
  if (pending.length === 0) return { posterior, incumbent: least(posterior.meansAt(rivals)) };
  const believed = posterior.meansAt(pending);
  const both = new Posterior(
    posterior.kernel.layout,
    posterior.kernel.theta,
    [...points, ...pending],
    Float64Array.from([...outputs, ...believed]),
  );
  return { posterior: both, incumbent: Math.min(least(both.meansAt(rivals)), least(believed)) };
}

function logImprovements({ posterior, incumbent }: Member, points: readonly Point[]): Float64Array {
  const { means, deviations } = posterior.predict(points);
  return means.map((mean, index) => {
    const deviation = deviations[index] as number;
    return Math.log(deviation) + logImprovement((incumbent - mean) / deviation);
  });
}

function least(values: Float64Array): number {
  return values.reduce((smallest, value) => Math.min(smallest, value), Number.POSITIVE_INFINITY);
}

/** ln of the mean of e^x over the x at one index of several lists. */
function logMeanExp(lists: readonly Float64Array[], index: number): number {
  let most = Number.NEGATIVE_INFINITY;
  for (const list of lists) most = Math.max(most, list[index] as number);
  if (!Number.isFinite(most)) return most;
  let sum = 0;
  for (const list of lists) sum += Math.exp((list[index] as number) - most);
  return most + Math.log(sum / lists.length);
}
