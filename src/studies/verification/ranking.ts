import { hasSeveralMetrics } from '../definition/definition.ts';
import { byRank, measuredOf, rankingRuleOf } from '../definition/ranking.ts';
import { packed } from '../fronts/front-job.ts';
import { type MetricResult, metricResultOf } from '../fronts/metric-result.ts';
import type { Study } from '../model/study.ts';
import type { Trial } from '../model/trial.ts';
import type { FrontWorker } from '../ports/front-worker.ts';
import { shown } from './difference.ts';
import type { Findings } from './findings.ts';

/** Places of a leaderboard that are compared: more than anybody can ask for. */
const placesCompared = 200;

type Ranked = Pick<Trial, 'number' | 'value' | 'violation' | 'diverged'>;

/** The best of the trials that it is given. */
export interface Ranking {
  /** Number of best trials that are known at least, if there are as many. */
  readonly places: number;
  take(trial: Trial): void;
  best(): Promise<readonly Ranked[]>;
}

/**
 * Ranks the completed trials of a study that count: by `byRank`, which needs few of them at a time, or by fronts.
 *
 * @param fronts ranks results with several metrics
 */
export function rankingOf(study: Study, fronts: FrontWorker): Ranking {
  return hasSeveralMetrics(study.spec) ? frontRankingOf(study, fronts) : valueRankingOf(study);
}

function frontRankingOf({ spec, outcome }: Study, fronts: FrontWorker): Ranking {
  const lastTrial = outcome?.lastTrial ?? Number.POSITIVE_INFINITY;
  const results: MetricResult[] = [];
  const kept = new Map<number, Ranked>();
  return {
    places: placesCompared,
    take: (trial) => {
      const { number, state, value, diverged } = trial;
      if (state !== 'completed' || number > lastTrial) return;
      const measured = measuredOf(spec, trial.values);
      results.push(metricResultOf(spec, { number, diverged, value, ...measured }));
      kept.set(number, { number, value, diverged });
    },
    best: async () => {
      const places = await fronts.front({ kind: 'places', results: packed(results, spec.metrics.length), count: placesCompared });
      return places.flatMap(({ number }) => kept.get(number) ?? []);
    },
  };
}

function valueRankingOf({ spec, outcome }: Study): Ranking {
  const lastTrial = outcome?.lastTrial ?? Number.POSITIVE_INFINITY;
  let kept: Ranked[] = [];
  const cut = (): Ranked[] => {
    kept = kept.sort(byRank(rankingRuleOf(spec))).slice(0, placesCompared);
    return kept;
  };
  return {
    places: placesCompared,
    take: ({ number, state, value, violation, diverged }) => {
      if (state !== 'completed' || number > lastTrial) return;
      kept.push({ number, value, diverged, ...(violation !== undefined && { violation }) });
      if (kept.length >= 10 * placesCompared) cut();
    },
    best: async () => cut(),
  };
}

/**
 * Compares the leaderboard, as it is read, with the order that the values give. Trials that were found changed are left out of
 * both: their places are a consequence.
 *
 * @param leaders the first `ranking.places` of the leaderboard
 */
export async function checkLeaderboard(leaders: readonly Ranked[], ranking: Ranking, findings: Findings): Promise<void> {
  const untouched = ({ number }: Ranked): boolean => !findings.has(`trials/${number}`);
  const all = await ranking.best();
  const [board, expected] = [leaders.filter(untouched), all.filter(untouched)];
  const whole = all.length < placesCompared && leaders.length < placesCompared;
  // If trials were left out of a truncated list, the last places of the other list have no counterpart.
  const places = whole ? Math.max(board.length, expected.length) : Math.min(board.length, expected.length);
  for (let place = 0; place < places; place += 1) {
    const [should, is] = [expected[place], board[place]];
    if (should?.number === is?.number) continue;
    const detail = 'the order that the values of the trials give';
    findings.add({ where: `leaderboard/${place + 1}`, expected: placed(should), found: placed(is), detail });
    return;
  }
}

function placed(trial: Ranked | undefined): string {
  return trial ? `trial ${trial.number} (${shown(trial.value)})` : shown(undefined);
}
