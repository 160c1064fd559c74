import { canonicalText } from '../shared/digest.ts';
import { type RankingRule, scoreOf } from '../studies/definition/ranking.ts';
import type { Leader } from '../studies/model/trial.ts';
import type { Finalist } from './campaign.ts';
import { finalGridName } from './part-names.ts';
import type { ResolvedCampaign } from './spec.ts';

/** The best completed trials of a part, best first; at least as many as the campaign's final asks of it. */
export interface PartLeaders {
  readonly part: string;
  readonly leaders: readonly Leader[];
}

/** A good trial and its place. */
interface Found {
  readonly part: string;
  readonly leader: Leader;
}

/**
 * The configurations that go into the final: the best of the studies that it names, in that order, each once. Trials
 * without a score are none (see `scoreOf`).
 *
 * @param leaders of the search studies, in any order
 */
export function finalCandidates(campaign: ResolvedCampaign, leaders: readonly PartLeaders[]): Leader[] {
  const seen = new Set<string>();
  return foundForFinal(campaign, leaders).flatMap(({ leader }) => {
    const text = canonicalText(leader.parameters);
    if (seen.has(text)) return [];
    seen.add(text);
    return [leader];
  });
}

/**
 * The configurations that are measured on held-out data, each once: the winner, then the best of each study, then the
 * configurations that entered the final. The winner is the best of the final by the campaign's metric, its entrants included (a
 * cancelled final may not have evaluated them); of the final alone if it trains on other data, because values of both are not
 * comparable; of all studies if there is no final or none of its trials has a value. Ties go to the final, then to the earlier
 * study, then to the lower trial number. Held-out data never affects the choice. A trial beyond a limit of the campaign has no score, so
 * that it is neither winner nor finalist.
 *
 * @param leaders of the search studies and of the final
 * @returns empty if no trial has a score. A campaign that `exceedsLimitsInFinal` has none either
 */
export function finalistsOf(campaign: ResolvedCampaign, leaders: readonly PartLeaders[]): Finalist[] {
  const bestOfStudies = campaign.studies.flatMap(({ name }) => ranked(campaign, leaders, name).slice(0, 1));
  const [bestOfFinal] = ranked(campaign, leaders, finalGridName);
  const comparable = campaign.final?.trainSize === undefined ? foundForFinal(campaign, leaders) : [];
  const winner = bestOf(campaign, bestOfFinal ? [bestOfFinal, ...comparable] : bestOfStudies);
  if (!winner) return [];
  const byConfiguration = new Map<string, Found[]>();
  for (const found of [winner, ...bestOfStudies, ...foundForFinal(campaign, leaders)]) {
    const text = canonicalText(found.leader.parameters);
    byConfiguration.set(text, [...(byConfiguration.get(text) ?? []), found]);
  }
  return [...byConfiguration.values()].map((places, index) => finalist(places, index === 0));
}

function foundForFinal(campaign: ResolvedCampaign, leaders: readonly PartLeaders[]): Found[] {
  return (campaign.final?.finalists ?? []).flatMap(({ study, top }) => ranked(campaign, leaders, study).slice(0, top));
}

function ranked(campaign: ResolvedCampaign, leaders: readonly PartLeaders[], part: string): Found[] {
  const found = leaders.find((candidate) => candidate.part === part)?.leaders ?? [];
  return found.filter((leader) => scoreOf(ruleOf(campaign), leader) !== null).map((leader) => ({ part, leader }));
}

/** The rule by which the trials of all parts rank. */
export function ruleOf({ metric, ranking }: ResolvedCampaign): RankingRule {
  return { direction: metric.direction, ranking };
}

/** The first of the best: ties keep the order of the parts. */
function bestOf(campaign: ResolvedCampaign, candidates: readonly Found[]): Found | undefined {
  const worth = ({ leader }: Found): number => scoreOf(ruleOf(campaign), leader) ?? Number.NEGATIVE_INFINITY;
  return candidates.reduce<Found | undefined>((best, next) => (best && worth(best) >= worth(next) ? best : next), undefined);
}

function finalist(places: readonly Found[], winner: boolean): Finalist {
  const parameters = places[0]?.leader.parameters ?? {};
  const foundBy = new Map(places.map(({ part, leader }) => [`${part} ${leader.number}`, { part, trial: leader.number }]));
  return { parameters, foundBy: [...foundBy.values()], winner };
}
