import { type RankingRule, scoreOf } from '../studies/definition/ranking.ts';
import type { StudyState } from '../studies/model/states.ts';
import type { Leader } from '../studies/model/trial.ts';
import type { PartKind } from './campaign.ts';
import { ruleOf } from './finalists.ts';
import type { ResolvedCampaign } from './spec.ts';

/** A part that there is, as far as the next step depends on it. */
export interface PartView {
  readonly kind: PartKind;
  readonly name: string;
  readonly state: StudyState;
  /** Its best completed trials, best first: at least `leadersWanted` of them, if there are as many. */
  readonly leaders: readonly Leader[];
  /** Of its completed trials that count and are beyond a limit, the nearest to the limits; null if there is none, or a trial has a score. */
  readonly nearest: Leader | null;
}

/** Reads of the trials of one part: from a store, or from a document. */
export interface PartReads {
  /** Its best completed trials, best first. */
  leaders(limit: number): Promise<readonly Leader[]>;
  /** Its completed trial that counts and is the least beyond the limits; null if none is beyond them. */
  nearestToLimits(rule: Pick<RankingRule, 'ranking'>): Promise<Leader | null>;
}

/** Reads a part as far as the next step depends on it. Steps, verifications and imports read the same, so that they agree. */
export async function readPartView(
  spec: ResolvedCampaign,
  { kind, name, state }: Pick<PartView, 'kind' | 'name' | 'state'>,
  reads: PartReads,
): Promise<PartView> {
  const wanted = leadersWanted(spec, { kind, name });
  const leaders = wanted === 0 ? [] : await reads.leaders(wanted);
  // A step uses the nearest trial only if no trial has a score.
  const [best] = leaders;
  const needsNearest = spec.constraints !== undefined && best !== undefined && scoreOf(ruleOf(spec), best) === null;
  return { kind, name, state, leaders, nearest: needsNearest ? await reads.nearestToLimits(ruleOf(spec)) : null };
}

/** Number of a part's best trials that the steps of its campaign use; 0 for parts that only measure. */
export function leadersWanted({ final }: ResolvedCampaign, { kind, name }: Pick<PartView, 'kind' | 'name'>): number {
  if (kind === 'grid') return 1;
  if (kind !== 'search') return 0;
  const tops = (final?.finalists ?? []).filter(({ study }) => study === name).map(({ top }) => top);
  return Math.max(1, ...tops);
}
