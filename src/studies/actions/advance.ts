import type { BoundSampler } from '../../samplers/bound-sampler.ts';
import { follow } from '../../shared/work.ts';
import { samplerOf } from '../definition/definition.ts';
import type { EventBody } from '../events/event.ts';
import { checkpointEvents, observedAtOnce, observedEvents, queuedEvents } from '../events/facts.ts';
import { givenTrials, hasGiven, movesOn, nextNumber } from '../model/progress.ts';
import type { SamplerProgress, Study } from '../model/study.ts';
import type { KeyedRequest, StudyTransaction, Transactions } from '../ports/transactions.ts';
import { isKnownRun, isLongWay, knownAtOnce } from '../search/known-run.ts';
import type { AdvancePlan, AdvanceView, DueSuggestions, MadeSuggestions } from '../search/plan.ts';
import { canQueueTrials, queuedTrials } from '../search/queued-trials.ts';
import { appendEvents, endedEvent } from './event-log.ts';
import { measuredPlan } from './measured-plan.ts';

/**
 * Advances a study as far as its finished trials allow: observes them, queues the next trials, ends the study. Each step is one
 * transaction under the study's lock; repeating a step changes nothing. An inactive study is left alone, and so is one that began
 * with another version of its objective. The step that ends a study also tells its owner. Never waits for a slow sampler: its
 * suggestions are planned in the background.
 *
 * @param demand see `AdvanceView`
 */
export async function advanceStudy(store: Transactions, studyId: string, demand = 0): Promise<void> {
  let again = true;
  while (again) {
    again = await store.transaction(async (tx) => {
      const step = await advanceOnce(tx, studyId, null, demand);
      if (step.due) tx.suggestionsDue(studyId);
      return step.again;
    });
  }
}

/** Options of an action that changes a study and then advances it. */
export interface ChangeOptions {
  /** The request for the change, which the action stores under its Idempotency-Key, in the same transaction. */
  readonly request?: KeyedRequest | null;
  /** Receives the error of an advance that fails: the change is stored, and the sweep advances the study. Default: the error is thrown. */
  readonly onFault?: (error: unknown) => void;
}

/** Advances a study after a change of it was stored. @param onFault see `ChangeOptions` */
export async function advanceAfter(store: Transactions, studyId: string, onFault?: ChangeOptions['onFault']): Promise<void> {
  await advanceStudy(store, studyId).catch((error: unknown) => {
    if (!onFault) throw error;
    onFault(error);
  });
}

/** The work left for a study after one step. */
export interface AdvanceStep {
  /** Another step may find more to do at once. */
  readonly again: boolean;
  /** Suggestions of a slow sampler that the study waits for; null if there are none or the study is not active. */
  readonly due: DueSuggestions | null;
  /** Number of trials that it queued. */
  readonly queued: number;
}

/** Takes one step in the caller's transaction. @param made see `planAdvance` @param demand see `AdvanceView` */
export async function advanceOnce(tx: StudyTransaction, studyId: string, made: MadeSuggestions | null, demand = 0): Promise<AdvanceStep> {
  const study = await tx.lockStudy(studyId);
  if (study?.state !== 'active' || !canQueueTrials(study)) return { again: false, due: null, queued: 0 };
  return follow('advance', { study: study.id, sampler: study.spec.sampler.type, trace: study.trace }, async () => {
    const plan = measuredPlan({ ...(await viewOf(tx, study)), demand }, made);
    const changed = plan.end !== null || movesOn(study.sampler, plan.progress);
    // The whole step waits, also what it observes, so that no suggestion sees more than it would have. The sweep takes it later.
    const creates = plan.queue.length > 0 || plan.due !== null;
    if (creates && (await tx.spentQuota(studyId))) return { again: false, due: null, queued: 0 };
    if (changed) await applyPlan(tx, study, plan);
    return { again: plan.again, due: plan.due, queued: plan.queue.length };
  });
}

/** Reads what an advance of a locked study decides on. */
export async function viewOf(
  tx: StudyTransaction,
  { id, spec, sampler: progress, objectiveVersion, activeTime }: Study,
): Promise<AdvanceView> {
  const { learns, readsHistory, skipsGiven } = samplerOf(spec, progress.version);
  const ahead = await resultsAhead(tx, { id, spec, progress, learns });
  const checkpoints = await tx.countCheckpoints(id);
  const history = readsHistory ? await tx.observationsBefore(id, progress.observed) : [];
  const given = skipsGiven && hasGiven(progress) ? await tx.givenConfigurations(id, givenTrials(progress)) : [];
  return { spec, progress, objectiveVersion, checkpoints, elapsedSeconds: activeTime.seconds, history, ...ahead, given };
}

/**
 * Reads every trial from the first unobserved one on. If thousands of known results come first, reads only those that one step observes;
 * while many trials are open, only those up to the first open one, and failures, which may end the study. An end by time depends on all
 * of them.
 */
async function resultsAhead(
  tx: StudyTransaction,
  {
    id,
    spec,
    progress,
    learns,
  }: Pick<Study, 'id' | 'spec'> & { readonly progress: SamplerProgress; readonly learns: BoundSampler['learns'] },
): Promise<Pick<AdvanceView, 'trials' | 'isFull'>> {
  const { observed } = progress;
  const isLong = isLongWay({ spec, progress });
  if (isLong && progress.known > 0 && learns !== 'generations') {
    const first = await tx.resultsFrom(id, observed, observed + knownAtOnce);
    if (isKnownRun(first, observed)) return { trials: first };
  }
  const full = isLong && spec.budget.wallClockSeconds === undefined ? await tx.resultsIfFull(id, observed, spec.parallelism) : null;
  return full ? { trials: full, isFull: true } : { trials: await tx.resultsFrom(id, observed, nextNumber(progress)) };
}

/** Stores what a plan decides for a locked study. */
export async function applyPlan(tx: StudyTransaction, study: Study, plan: AdvancePlan): Promise<void> {
  tx.noteCommit('advance');
  await tx.insertCheckpoints(study.id, plan.checkpoints);
  await tx.insertTrials(study.id, queuedTrials(study.spec, plan.queue), study.priority);
  if (plan.end) await tx.cancelOpenTrials(study.id);
  await tx.updateStudy(study.id, { progress: plan.progress, ...plan.end });
  await appendEvents(tx, study, await eventsOf(tx, study, plan));
  if (plan.end) await tx.owner.studyEnded(study);
}

/** Events of one advance in causal order: results, then the trials and checkpoints that follow, then the end. */
async function eventsOf(tx: StudyTransaction, study: Study, plan: AdvancePlan): Promise<EventBody[]> {
  if (study.events === null) return [];
  const { observed } = plan.progress;
  const results: EventBody[] = [];
  for (let from = study.sampler.observed; from < observed; from += observedAtOnce)
    results.push(...observedEvents(await tx.storedResults(study.id, from, Math.min(observed, from + observedAtOnce))));
  const ended = plan.end ? [await endedEvent(tx, study, { ...plan.end, observed })] : [];
  return [...results, ...checkpointEvents(plan.checkpoints), ...queuedEvents(plan.queue), ...ended];
}
