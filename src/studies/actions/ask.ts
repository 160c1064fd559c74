import { clientObjectives } from '../../objectives/table.ts';
import { DomainError } from '../../shared/errors.ts';
import { samplerOf } from '../definition/definition.ts';
import { chained } from '../events/chain.ts';
import { checkpointEvents, observedEvents, queuedEvents } from '../events/facts.ts';
import type { StoredResult } from '../events/stored-result.ts';
import { givenTrials, hasGiven, movesOn, nextNumber } from '../model/progress.ts';
import { isEnded, type StudyState } from '../model/states.ts';
import { studyNotFound } from '../model/study.ts';
import type { AskedStep, AskedStudy, AskStore, HandedTrial, LeaseRequest } from '../ports/workers.ts';
import { suggestionLimit } from '../search/advance-draft.ts';
import { hasMore } from '../search/has-more.ts';
import { isAskedFor, suggestsOnDemand } from '../search/on-demand.ts';
import type { AdvancePlan, AdvanceView } from '../search/plan.ts';
import { waitsForWindow } from '../search/proposals.ts';
import { canQueueTrials, queuedTrials } from '../search/queued-trials.ts';
import { measuredPlan } from './measured-plan.ts';

/** Reasons for which a request got no trial. */
export type NoTrial = 'generation' | 'earlier-trials' | 'parallelism' | 'budget' | 'suggestion' | 'paused' | 'ended' | 'version' | 'quota';

/** The answer to requests for trials of one study. */
export interface Asked {
  /** At most one for each request. */
  readonly trials: readonly HandedTrial[];
  /** The reason for which some requests got none; null if all did. */
  readonly missing: NoTrial | null;
  /**
   * Work that is left. `end`: the study is due to end, and nothing was given out. `again`: another request may find more at once.
   * `suggest`: a slow sampler has a suggestion to make.
   */
  readonly left: 'end' | 'again' | 'suggest' | null;
}

/** Most attempts to store a step of a study that changes meanwhile. After the last one, the answer is that there is no trial. */
const attemptsAtMost = 50;

/**
 * Serves several requests for trials of one study together: observes finished trials, gives out the trials that wait, then suggests
 * as many more as are asked for and as the search allows. Without requests it only observes.
 *
 * The end of a study is not stored here, because its consequences reach further (see `advanceStudy`).
 *
 * @throws DomainError `study-not-found`; `not-external` if the service's own runners evaluate the trials
 */
export async function askTrials(store: AskStore, studyId: string, requests: readonly LeaseRequest[]): Promise<Asked> {
  const tokens = requests.filter(({ isRepeatable }) => isRepeatable).map(({ token }) => token);
  const handed: HandedTrial[] = [];
  const served = (): ReadonlySet<string> => new Set(handed.map(({ token }) => token));
  const open = (): readonly LeaseRequest[] => {
    const tokensServed = served();
    return requests.filter(({ token }) => !tokensServed.has(token));
  };
  for (let attempt = 1; attempt <= attemptsAtMost; attempt += 1) {
    const study = await store.study(studyId, tokens);
    if (!study) throw studyNotFound(studyId);
    const before = served();
    handed.push(...study.held.filter(({ token }) => !before.has(token)));
    if (!isAskedFor(study.spec)) throw notExternal(study.spec.objective.type);
    const idle = whyIdle(study);
    if (idle !== null) return { trials: handed, missing: idle, left: null };
    const view = await viewOf(store, study);
    // Only suggestions that are made on demand depend on the number of requests that are left.
    const first = study.hasWaiting && open().length > 0 ? measuredPlan({ ...view, demand: 0 }) : null;
    if (first && !first.end) {
      const waiting = await store.handOutWaiting(study, open());
      if (!waiting) continue;
      handed.push(...waiting);
    }
    const step = await takeStep(
      store,
      study,
      first && !suggestsOnDemand(study.spec) ? first : measuredPlan({ ...view, demand: open().length }),
      open(),
    );
    if (step) {
      const trials = [...handed, ...step.trials];
      return { trials, missing: trials.length < requests.length ? step.missing : null, left: step.left };
    }
  }
  return { trials: handed, missing: 'suggestion', left: null };
}

/**
 * Checks that workers of clients can ask studies for trials, regardless of their states.
 *
 * @throws DomainError as `askTrials`, for the first that they cannot ask
 */
export async function checkAskable(store: AskStore, studyIds: readonly string[]): Promise<void> {
  const objectives = await store.objectives(studyIds);
  for (const studyId of studyIds) {
    const objective = objectives.get(studyId);
    if (objective === undefined) throw studyNotFound(studyId);
    if (!clientObjectives.includes(objective)) throw notExternal(objective);
  }
}

function notExternal(objective: string): DomainError {
  return new DomainError('not-external', `the objective ${objective} is evaluated by the runners of the service`);
}

function notActive(state: StudyState): NoTrial {
  return isEnded(state) ? 'ended' : 'paused';
}

/** The reason for which a study gives out no trial at all; null if it may. */
function whyIdle(study: AskedStudy): NoTrial | null {
  if (study.state !== 'active') return notActive(study.state);
  if (!canQueueTrials(study)) return 'version';
  return study.spent === 'bytes' ? 'quota' : null;
}

async function viewOf(store: AskStore, { id, spec, sampler: progress, ...study }: AskedStudy): Promise<AdvanceView> {
  const { objectiveVersion, checkpoints, elapsedSeconds, trials, isFull } = study;
  const { readsHistory, skipsGiven } = samplerOf(spec, progress.version);
  const history = readsHistory ? await store.observationsBefore(id, progress.observed) : [];
  const given = skipsGiven && hasGiven(progress) ? await store.givenConfigurations(id, givenTrials(progress)) : [];
  return { spec, progress, objectiveVersion, checkpoints, elapsedSeconds, history, trials, isFull, given };
}

/** Stores what a plan decides; null if the study changed meanwhile. */
async function takeStep(store: AskStore, study: AskedStudy, plan: AdvancePlan, requests: readonly LeaseRequest[]): Promise<Asked | null> {
  if (plan.end) return { trials: [], missing: 'ended', left: 'end' };
  if (study.spent && (plan.queue.length > 0 || plan.due)) return { trials: [], missing: 'quota', left: null };
  const left = plan.again ? 'again' : plan.due ? 'suggest' : null;
  if (!movesOn(study.sampler, plan.progress)) return { trials: [], missing: whyNone(study, plan), left };
  const results = await observedResults(store, study, plan.progress.observed);
  const trials = await store.store(study, stepOf(study, plan, requests, results));
  return trials && { trials, missing: whyNone(study, plan), left };
}

/** The results that a step observes: those that were read with the study, and the others. */
async function observedResults(store: AskStore, study: AskedStudy, observed: number): Promise<StoredResult[]> {
  const read = study.results.filter(({ number }) => number < observed);
  const next = study.sampler.observed + read.length;
  return next < observed ? [...read, ...(await store.results(study.id, next, observed))] : read;
}

function stepOf(study: AskedStudy, plan: AdvancePlan, requests: readonly LeaseRequest[], results: readonly StoredResult[]): AskedStep {
  const bodies = [...observedEvents(results), ...checkpointEvents(plan.checkpoints), ...queuedEvents(plan.queue)];
  return {
    progress: plan.progress,
    checkpoints: plan.checkpoints,
    trials: queuedTrials(study.spec, plan.queue),
    requests,
    events: study.events ? chained(study.events, bodies) : [],
  };
}

/** The reason for which an active study has no trial to give out. */
function whyNone({ spec, sampler: { version } }: AskedStudy, { progress, due }: AdvancePlan): NoTrial {
  if (due) return 'suggestion';
  const sampler = samplerOf(spec, version);
  if (progress.suggested >= Math.min(suggestionLimit(spec, progress), sampler.size(spec.budget) ?? Number.POSITIVE_INFINITY))
    return 'budget';
  if (!hasMore(spec, progress, sampler)) return 'generation';
  const isWindowFull = nextNumber(progress) >= progress.observed + spec.parallelism;
  return waitsForWindow(spec, sampler) && isWindowFull ? 'earlier-trials' : 'parallelism';
}
