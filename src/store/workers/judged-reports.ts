import type { PrunerOptions } from '../../pruners/table.ts';
import { invariant } from '../../shared/errors.ts';
import type { Report, StoppedEarly } from '../../studies/ports/workers.ts';
import { isJudgedAt, stops } from '../../studies/pruning/judgement.ts';
import type { DirectDatabase } from '../database/direct.ts';
import { judgeStep, lockJudged } from '../pruning/judge.ts';
import { pruneTrial } from '../pruning/prune.ts';
import { type ReportAnswer, type Reports, storeReports } from './leases.ts';

/** True if a pruner judges a trial after one of these reports. */
export function areJudged(pruner: PrunerOptions | undefined, reports: readonly Report[]): boolean {
  return pruner !== undefined && reports.some(({ step }) => isJudgedAt(pruner, step, null));
}

/**
 * Stores the reports of one holder in one transaction, and judges the trial after each report, in the order of the steps. The measurements
 * after the step that stops the trial are dropped: they are no part of its result.
 *
 * @throws as `storeReports`
 */
export function storeJudgedReports(database: DirectDatabase, { lease, reports }: Reports): Promise<ReportAnswer | StoppedEarly> {
  return database.transaction(async (rows) => {
    const trial = await lockJudged(rows, lease.trialId);
    const [answer] = await storeReports({ rows }, [{ lease, reports }]);
    invariant(answer, 'each holder gets an answer');
    if (answer.kind !== 'held' || !trial) return answer;
    for (const { step, values } of [...reports].sort((one, other) => one.step - other.step)) {
      const judgement = await judgeStep(rows, trial, step, values);
      if (!judgement || !stops(judgement)) continue;
      const { studyId, value } = await pruneTrial(rows, lease, { trial, step, values });
      return { kind: 'pruned', trialId: lease.trialId, studyId, number: trial.number, state: 'pruned', value };
    }
    return answer;
  });
}
