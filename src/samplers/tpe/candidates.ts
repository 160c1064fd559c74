import type { RandomStream } from '../../shared/random.ts';
import type { ParameterValue } from '../../space/schema.ts';
import { decodeUnit, type UnitShare, unitShare } from '../../space/unit-cube.ts';
import type { Group } from './geometry.ts';
import type { Mixture } from './mixture.ts';

/** Values for the parameters of a group, one per member, and their coordinates in the unit interval. */
export interface Candidate {
  readonly values: readonly ParameterValue[];
  readonly point: readonly UnitShare[];
  /** The acquisition value, log l(x) − log g(x): expected improvement grows with it (Bergstra et al. 2011, equation 4). */
  readonly score: number;
}

/** The densities of the good trials, l(x), and of the bad ones, g(x). */
export interface Densities {
  readonly good: Mixture;
  readonly bad: Mixture;
}

/** Draws candidates from l and ranks them: the highest score first, of equal scores the one drawn earlier. */
export function rankedCandidates(group: Group, densities: Densities, count: number, stream: RandomStream): Candidate[] {
  const drawn = Array.from({ length: count }, () => candidateAt(group, densities.good.draw(stream), densities));
  return drawn.sort((a, b) => b.score - a.score);
}

/** Decodes coordinates. A draw between two steps is scored as the value it is rounded to. */
function candidateAt({ members }: Group, coordinates: readonly number[], { good, bad }: Densities): Candidate {
  const values = members.map(({ parameter }, index) => decodeUnit(parameter, coordinates[index] ?? 0.5));
  const point = members.map(({ parameter }, index) => unitShare(parameter, values[index] as ParameterValue));
  return { values, point, score: good.logDensity(point) - bad.logDensity(point) };
}
