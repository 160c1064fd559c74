import { DomainError } from '../../shared/errors.ts';
import { samplerOf } from '../definition/definition.ts';
import { chained } from '../events/chain.ts';
import { checkpointEvents, observedEvents, queuedEvents } from '../events/facts.ts';
import { isEnded, type StudyState } from '../model/states.ts';
import { studyNotFound } from '../model/study.ts';
import type { AskedStudy, AskTransaction, AskTransactions, HandedTrial, LeaseRequest } from '../ports/workers.ts';
import { trialLimit } from '../search/advance-draft.ts';
import { planAdvance } from '../search/advance-plan.ts';
import { isAskedFor, suggestsOnDemand } from '../search/on-demand.ts';
import type { AdvancePlan } from '../search/plan.ts';
import { canQueueTrials, queuedTrials } from '../search/queued-trials.ts';

/** Reasons for which a request got no trial. */
export type NoTrial = 'generation' | 'earlier-trials' | 'parallelism' | 'budget' | 'suggestion' | 'paused' | 'ended' | 'version';

/** The answer to requests for trials of one study. */
export interface Asked {
  /** At most one for each request. */
  readonly trials: readonly HandedTrial[];
  /** The reason for which some requests got none; null if all did. */
  readonly missing: NoTrial | null;
  /**
   * Work that is left: `end`: the study is due to end, and nothing was given out; `again`: another request may find more at once;
   * `suggest`: a slow sampler owes a suggestion.
   */
  readonly left: 'end' | 'again' | 'suggest' | null;
}

/**
 * Serves several requests for trials of one study in one transaction, under its lock: observes finished trials, gives out the trials
 * that wait, then suggests as many more as are asked for and as the search allows. Without requests it only observes.
 *
 * The end of a study is not stored here, because its consequences reach further (see `advanceStudy`).
 *
 * @throws DomainError `study-not-found`; `not-external` if the service's own runners evaluate the trials
 */
export async function askTrials(store: AskTransactions, studyId: string, requests: readonly LeaseRequest[]): Promise<Asked> {
  try {
    return await store.transaction((tx) => askOnce(tx, studyId, requests));
  } catch (error) {
    if (error instanceof StudyEndsError) return { trials: [], missing: 'ended', left: 'end' };
    throw error;
  }
}

/** Thrown to undo a transaction that found its study at its end: nothing is given out any more. */
class StudyEndsError extends Error {
  override readonly name = 'StudyEndsError';
}

async function askOnce(tx: AskTransaction, studyId: string, requests: readonly LeaseRequest[]): Promise<Asked> {
  const study = await tx.lockStudy(studyId);
  if (!study) throw studyNotFound(studyId);
  if (!isAskedFor(study.spec)) {
    throw new DomainError('not-external', `the objective ${study.spec.objective.type} is evaluated by the runners of the service`);
  }
  if (study.state !== 'active') return none(notActive(study.state));
  if (!canQueueTrials(study)) return none('version');
  return serve(tx, study, requests);
}

function none(missing: NoTrial): Asked {
  return { trials: [], missing, left: null };
}

function notActive(state: StudyState): NoTrial {
  return isEnded(state) ? 'ended' : 'paused';
}

async function serve(tx: AskTransaction, study: AskedStudy, requests: readonly LeaseRequest[]): Promise<Asked> {
  const { id, spec, sampler: progress, objectiveVersion, checkpoints, elapsedSeconds } = study;
  const waiting = study.hasWaiting && requests.length > 0 ? await tx.handOutWaiting(study, requests) : [];
  const others = requests.slice(waiting.length);
  const trials = await tx.resultsFrom(id, progress.observed);
  const looksBack = samplerOf(spec, progress.version).learns === 'history';
  const history = looksBack ? await tx.observationsBefore(id, progress.observed) : [];
  const view = { spec, progress, objectiveVersion, checkpoints, elapsedSeconds, history, trials };
  const plan = planAdvance({ ...view, demand: others.length });
  if (plan.end) throw new StudyEndsError();
  const made = await stored(tx, study, plan, others);
  const handed = [...waiting, ...made];
  const left = plan.again ? 'again' : plan.due ? 'suggest' : null;
  return { trials: handed, missing: handed.length < requests.length ? whyNone(study, plan) : null, left };
}

async function stored(tx: AskTransaction, study: AskedStudy, plan: AdvancePlan, requests: readonly LeaseRequest[]): Promise<HandedTrial[]> {
  const { observed } = plan.progress;
  const isNews = observed > study.sampler.observed;
  if (!isNews && plan.queue.length === 0) return [];
  const results = isNews && study.events ? await tx.storedResults(study.id, study.sampler.observed, observed) : [];
  const bodies = [...observedEvents(results), ...checkpointEvents(plan.checkpoints), ...queuedEvents(plan.queue)];
  return tx.store(study, {
    progress: plan.progress,
    checkpoints: plan.checkpoints,
    trials: queuedTrials(study.spec, plan.queue),
    requests,
    events: study.events ? chained(study.events, bodies) : [],
  });
}

/** The reason for which an active study has no trial to give out. */
function whyNone({ spec, sampler: { version } }: AskedStudy, { progress, due }: AdvancePlan): NoTrial {
  if (due) return 'suggestion';
  if (progress.suggested >= trialLimit(spec)) return 'budget';
  const sampler = samplerOf(spec, version);
  if (sampler.learns === 'generations') return 'generation';
  return suggestsOnDemand(spec, sampler) || sampler.learns === 'nothing' ? 'parallelism' : 'earlier-trials';
}
