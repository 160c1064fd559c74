import type { Json } from '../shared/digest.ts';
import { byRank, rankingRuleOf } from '../studies/definition/ranking.ts';
import type { ImportPlan } from '../studies/document/import-plan.ts';
import type { FinishedTrial } from '../studies/ports/transactions.ts';
import type { StandingTrial } from './standings.ts';

/** The best completed trials of an imported study that count, best first: as its leaderboard will have them. */
export function leadersOf({ spec, finished, outcome }: ImportPlan, limit: number): StandingTrial[] {
  const last = outcome?.lastTrial ?? Number.POSITIVE_INFINITY;
  const completed = finished.filter(({ state, number }) => state === 'completed' && number <= last);
  return completed
    .sort(byRank(rankingRuleOf(spec)))
    .slice(0, limit)
    .map(standingTrial);
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
