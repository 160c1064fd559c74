import { countedErrors } from '../../shared/counted.ts';
import { DomainError, type Violation } from '../../shared/errors.ts';
import { type BudgetChange, isSameBudget, raisedBudget } from '../definition/budget-change.ts';
import { addedChanges } from '../definition/changes.ts';
import { type ResolvedSpec, samplerOf } from '../definition/definition.ts';
import { extendedEvent } from '../events/facts.ts';
import { nextNumber } from '../model/progress.ts';
import { isEnded } from '../model/states.ts';
import { endsByBudget, type Restart, type Study } from '../model/study.ts';
import type { StudyTransaction, Transactions } from '../ports/transactions.ts';
import { planWhilePaused } from '../search/advance-plan.ts';
import { type EndedSearch, exhaustedSize, restartOf, spentLimits } from '../search/extension.ts';
import { canQueueTrials } from '../search/queued-trials.ts';
import { versionDifference } from '../search/study-end.ts';
import { advanceAfter, advanceOnce, applyPlan, type ChangeOptions, viewOf } from './advance.ts';
import { appendEvents } from './event-log.ts';
import { lockedStudy } from './life-cycle.ts';

/**
 * Raises the budget of a study. One that ended by its budget is active again, and goes on as if it had the larger budget from the start.
 * If an active or paused study already has the budget, nothing changes.
 *
 * @throws DomainError `study-not-found`; `study-in-campaign`; `state-conflict` if no budget can continue it; `invalid-change` that
 *   lists every violation, with pointers into the request; `project-erasing`, `quota-exceeded` if its project may have no further study
 */
export async function extendStudy(store: Transactions, studyId: string, change: BudgetChange, options: ChangeOptions = {}): Promise<void> {
  await store.transaction(async (tx) => {
    const study = await lockedStudy(tx, studyId);
    refusePart(study, 'extended', 'its campaign decides how long each of its searches is, and compares them by that');
    refuseUnextendable(study);
    const { budget, violations } = raisedBudget(study.spec, change);
    const spec = { ...study.spec, budget };
    refuse([...violations, ...withoutEffect(study, spec)]);
    if (options.request) await tx.keepRequest({ ...options.request, resource: studyId });
    if (isSameBudget(study.spec.budget, budget)) return;
    await raise(tx, study, spec);
  });
  await advanceAfter(store, studyId, options.onFault);
}

/** @throws DomainError `study-in-campaign` */
export function refusePart({ campaign }: Study, what: string, reason: string): void {
  if (!campaign) return;
  throw new DomainError('study-in-campaign', `the study is the part ${campaign.name} of a campaign and cannot be ${what}: ${reason}`, {
    details: { campaignId: campaign.campaignId },
  });
}

/** @throws DomainError `invalid-change` if there is a violation */
export function refuse(violations: readonly Violation[]): void {
  if (violations.length === 0) return;
  throw new DomainError('invalid-change', `the study cannot be changed like this: the request has ${countedErrors(violations)}`, {
    violations,
  });
}

function refuseUnextendable(study: Study): void {
  const { state, outcome, spec, sampler } = study;
  const { name, version } = samplerOf(spec, sampler.version);
  const conflict = (detail: string): DomainError => new DomainError('state-conflict', detail, { details: { state } });
  if (outcome && !endsByBudget(outcome) && outcome.reason !== 'exhausted')
    throw conflict(
      `the study is ${state} (${outcome.detail}): only one that ended by its budget can be extended; fork it, and it goes on from the results that the fork keeps`,
    );
  const size = isEnded(state) ? exhaustedSize(spec, sampler) : null;
  if (size !== null || outcome?.reason === 'exhausted')
    throw conflict(
      samplerOf(spec, sampler.version).hasRungs
        ? `all rounds of the ${name} sampler are done; create a study with more rounds`
        : `the ${name} sampler has nothing more to suggest${size === null ? '' : `: all its ${size} points are tried`}; create a study with more points`,
    );
  const difference = versionDifference({ name, version }, sampler.version);
  if (difference !== null) throw conflict(difference);
  if (!canQueueTrials(study))
    throw conflict(
      `the study began with version ${study.objectiveVersion} of its objective, which this service does not have; ask one that has it`,
    );
}

/**
 * Violations of a request that would have no effect: it raises nothing of a study that has ended, or it raises the trials of a search
 * whose points the present limit covers.
 */
function withoutEffect(study: Study, spec: ResolvedSpec): Violation[] {
  if (isSameBudget(study.spec.budget, spec.budget)) {
    return isEnded(study.state) ? [{ pointer: '/budget', detail: 'raises no limit of the study, which has ended by them' }] : [];
  }
  const sampler = samplerOf(spec, study.sampler.version);
  const size = sampler.learns === 'generations' ? null : sampler.size(spec.budget);
  const before = study.spec.budget.trials;
  if (size === null || before === undefined || before < size || spec.budget.trials === before) return [];
  const detail = `the ${sampler.name} sampler has only ${size} points, which the present limit covers: create a study with more points`;
  return [{ pointer: '/budget/trials', detail }];
}

async function raise(tx: StudyTransaction, study: Study, spec: ResolvedSpec): Promise<void> {
  const restart = await restartFor(tx, study, spec);
  tx.noteCommit('move');
  await tx.changeStudy(study.id, { changes: addedChanges(study.changes, { budget: spec.budget }), spec, priority: study.priority });
  if (isEnded(study.state) || restart.progress.observed < study.sampler.observed) await tx.restartSearch(study.id, restart);
  const {
    progress: { observed },
    checkpoints,
  } = restart;
  await appendEvents(tx, study, [extendedEvent({ from: study.spec.budget, to: spec.budget, observed, checkpoints })]);
  await queueMore(tx, study.id);
}

async function restartFor(
  tx: StudyTransaction,
  { id, state, sampler: progress, outcome, activeTime }: Study,
  spec: ResolvedSpec,
): Promise<Restart> {
  const checkpoints = await tx.lastCheckpoints(id, 2);
  const isGenerational = samplerOf(spec, progress.version).learns === 'generations';
  const first = isGenerational ? (checkpoints[1]?.trials ?? 0) : (outcome?.lastTrial ?? progress.observed);
  const ended: EndedSearch = {
    spec,
    progress,
    checkpoints,
    recent: await tx.resultsFrom(id, first, nextNumber(progress)),
    elapsedSeconds: activeTime.seconds,
  };
  const restart = restartOf(ended);
  if (isEnded(state)) refuse(spentLimits(ended, restart));
  return restart;
}

/** Queues the suggestions that the new budget allows, in the same transaction, so that the study is never behind its definition. */
async function queueMore(tx: StudyTransaction, studyId: string): Promise<void> {
  const { due } = await advanceOnce(tx, studyId, null);
  if (due) tx.suggestionsDue(studyId);
  const study = await lockedStudy(tx, studyId);
  if (study.state !== 'paused') return;
  const plan = planWhilePaused(await viewOf(tx, study));
  if (plan.queue.length > 0) await applyPlan(tx, study, plan);
}
