import type { Json } from '../shared/digest.ts';
import { byRank, countsAsResult, type RankingRule, rankingRuleOf } from '../studies/definition/ranking.ts';
import type { ImportPlan } from '../studies/document/import-plan.ts';
import type { FinishedTrial } from '../studies/ports/transactions.ts';
import type { StandingTrial } from './standings.ts';

/** The best completed trials of an imported study that count, best first: as its leaderboard will have them. */
export function leadersOf(plan: ImportPlan, limit: number): StandingTrial[] {
  return rankedTrials(plan).slice(0, limit).map(standingTrial);
}

/** The completed trial of an imported study that counts and is the least beyond its limits; null if none is beyond them. */
export function nearestToLimits(plan: ImportPlan, rule: Pick<RankingRule, 'ranking'>): StandingTrial | null {
  const nearest = rankedTrials(plan).find((trial) => (trial.violation ?? 0) > 0 && countsAsResult(rule, trial));
  return nearest ? standingTrial(nearest) : null;
}

function rankedTrials({ spec, finished, outcome }: ImportPlan): FinishedTrial[] {
  const last = outcome?.lastTrial ?? Number.POSITIVE_INFINITY;
  return finished.filter(({ state, number }) => state === 'completed' && number <= last).sort(byRank(rankingRuleOf(spec)));
}

/** All trials of an imported study by number, with the measurements on held-out data by the ids that the trials have here. */
export function trialsOf({ finished, queue }: ImportPlan): { trials: StandingTrial[]; evaluations: Map<string, Json> } {
  const open = queue.map(({ number, parameters }) => ({
    id: idOf(number),
    number,
    parameters,
    state: 'queued' as const,
    value: null,
    values: null,
    diverged: false,
  }));
  const trials = [...finished.map(standingTrial), ...open].sort((one, other) => one.number - other.number);
  const evaluations = finished.flatMap(({ number, evaluation }) => (evaluation === null ? [] : [[idOf(number), evaluation] as const]));
  return { trials, evaluations: new Map(evaluations) };
}

function standingTrial({ number, state, parameters, value, values, diverged, violation }: FinishedTrial): StandingTrial {
  return { id: idOf(number), number, state, parameters, value, values, diverged, ...(violation !== undefined && { violation }) };
}

/** Standings compare ids within one part only. */
function idOf(number: number): string {
  return String(number);
}
