import type { RandomStream } from '../../shared/random.ts';
import type { ParameterValue } from '../../space/schema.ts';
import { decodeUnit, type UnitShare, unitShare } from '../../space/unit-cube.ts';
import type { Group } from './geometry.ts';
import { roughness } from './log-sum.ts';
import type { Estimate, Mixture } from './mixture.ts';

/** Values for the parameters of a group, one per member. */
export interface Candidate {
  readonly values: readonly ParameterValue[];
  /** The acquisition value, log l(x) − log g(x): expected improvement grows with it (Bergstra et al. 2011, equation 4). */
  readonly score: number;
}

/** The densities of the good trials, l(x), and of the bad ones, g(x). */
export interface Densities {
  readonly good: Mixture;
  readonly bad: Mixture;
}

/**
 * Draws candidates from l and ranks them: the highest score first, of equal scores the one drawn earlier.
 *
 * Scores take most of the time of a suggestion, and few candidates are looked at. Each kernel of g lowers a score. So the candidate that
 * may have the highest score is measured on, against more kernels, until it has another's place or its own: most candidates are out
 * after few kernels.
 */
export function* rankedCandidates(group: Group, densities: Densities, count: number, stream: RandomStream): Iterable<Candidate> {
  const contenders = Array.from({ length: count }, () => new Contender(group, densities, stream));
  for (;;) {
    const first = firstOf(contenders);
    if (!first) return;
    if (first.isExact) {
      contenders.splice(contenders.indexOf(first), 1);
      yield { values: first.values, score: first.most };
    } else first.measure();
  }
}

/** A candidate that is not ranked yet. */
class Contender {
  readonly values: readonly ParameterValue[];
  /** Coordinates in the unit interval. A draw between two steps is scored as the value it is rounded to. */
  readonly #point: readonly UnitShare[];
  readonly #densities: Densities;
  readonly #good: number;
  readonly #bad: Estimate;
  isExact = false;
  /** The score, or more than it can be while that is not known. */
  most = Number.POSITIVE_INFINITY;

  constructor({ members }: Group, densities: Densities, stream: RandomStream) {
    const coordinates = densities.good.draw(stream);
    this.values = members.map(({ parameter }, index) => decodeUnit(parameter, coordinates[index] ?? 0.5));
    this.#point = members.map(({ parameter }, index) => unitShare(parameter, this.values[index] as ParameterValue));
    this.#densities = densities;
    const good = densities.good.estimate(this.#point);
    while (!good.isWhole) good.refine();
    this.#good = good.log;
    this.#bad = densities.bad.estimate(this.#point);
  }

  measure(): void {
    if (this.#bad.isWhole) {
      this.most = this.#densities.good.logDensity(this.#point) - this.#densities.bad.logDensity(this.#point);
      this.isExact = true;
    } else {
      this.#bad.refine();
      this.most = this.#good - this.#bad.log + 2 * roughness;
    }
  }
}

/** The candidate that may have the highest score: of equal ones first those that may have less, then the one drawn earlier. */
function firstOf(contenders: readonly Contender[]): Contender | undefined {
  let [first] = contenders;
  for (const contender of contenders) {
    if (first && (contender.most > first.most || (contender.most === first.most && first.isExact && !contender.isExact))) first = contender;
  }
  return first;
}
