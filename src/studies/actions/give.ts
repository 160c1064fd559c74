import { countedErrors } from '../../shared/counted.ts';
import { DomainError } from '../../shared/errors.ts';
import { newId } from '../../shared/ids.ts';
import { inSlices } from '../../shared/slices.ts';
import { type ResolvedSpec, samplerOf } from '../definition/definition.ts';
import { givenViolations, kindOf, resolvedGiven, type WrittenGiven } from '../definition/given-trials.ts';
import { namedValues, withoutOrigin } from '../definition/violations.ts';
import { givenEvents } from '../events/facts.ts';
import { nextNumber } from '../model/progress.ts';
import { isEnded } from '../model/states.ts';
import { type Study, studyNotFound } from '../model/study.ts';
import type { StudyTransaction, Transactions } from '../ports/transactions.ts';
import type { ResultNotes } from '../ports/workers.ts';
import { type AddedTrial, progressAfter, storedGiven } from '../search/given.ts';
import { isAskedFor } from '../search/on-demand.ts';
import { advanceAfter, type ChangeOptions } from './advance.ts';
import { appendEvents } from './event-log.ts';

/** Number of trials that are made and stored at a time: some milliseconds of work. */
const rowsAtOnce = 500;

/** A trial that a client gives. */
export type NewGiven = WrittenGiven & { readonly notes?: ResultNotes };

/** A trial that was given. */
export interface AddedTrialState {
  readonly id: string;
  readonly number: number;
  readonly state: 'completed' | 'queued';
}

/** The trials that were given, in order. */
interface GivenAnswer {
  readonly added: readonly AddedTrialState[];
  /** True if workers of clients may be waiting for them. */
  readonly isAskedFor: boolean;
}

/**
 * Gives trials to a study that has not ended: all of them, or none. They take the next numbers, in order, and the log gets an event. Then
 * the study is advanced.
 *
 * @param request is kept with the id of the first trial
 * @throws DomainError `study-not-found`; `study-in-campaign`; `state-conflict` if the study has ended or is of version 0.1.0;
 *   `invalid-request` that lists every violation; `quota-exceeded`
 */
export async function giveTrials(
  store: Transactions,
  studyId: string,
  { trials, request, onFault }: { readonly trials: readonly NewGiven[] } & ChangeOptions,
): Promise<GivenAnswer> {
  const answer = await store.transaction(async (tx) => {
    const study = await tx.lockStudy(studyId);
    if (!study) throw studyNotFound(studyId);
    const made = addedTo(study, trials);
    const spent = await tx.spentQuota(studyId);
    if (spent) throw spent;
    const first = nextNumber(study.sampler);
    await insertGiven(tx, { id: studyId, spec: study.spec, first, priority: study.priority }, made);
    await tx.updateStudy(studyId, { progress: progressAfter(study.sampler, made) });
    await appendEvents(tx, study, givenEvents(first, made));
    const [leader] = made;
    if (request && leader) await tx.keepRequest({ ...request, resource: leader.id });
    const added = made.map((trial, place): AddedTrialState => {
      return { id: trial.id, number: first + place, state: kindOf(trial) === 'known' ? 'completed' : 'queued' };
    });
    return { added, isAskedFor: isAskedFor(study.spec) };
  });
  await advanceAfter(store, studyId, onFault);
  return answer;
}

function addedTo(study: Study, trials: readonly NewGiven[]): (AddedTrial & { readonly id: string })[] {
  const { spec, state, campaign, definition } = study;
  if (campaign) {
    const detail = `the study is the part ${campaign.name} of a campaign, which decides on its trials`;
    throw new DomainError('study-in-campaign', detail, { details: { campaignId: campaign.campaignId } });
  }
  if (isEnded(state)) throw new DomainError('state-conflict', `the study is ${state} and takes no more trials`, { details: { state } });
  if (trials.some(({ values }) => values === undefined) && endsWithGeneration(study)) {
    const detail = samplerOf(spec, study.sampler.version).hasRungs
      ? 'the study may end with the trials that are suggested: extend its budget first, or add configurations when the next rung has begun'
      : 'the last generation is suggested already, and the study ends with it: extend its budget first, then add configurations';
    throw new DomainError('state-conflict', detail, { details: { state } });
  }
  if (definition.version === 1) {
    const detail = 'the study was created by version 0.1.0, whose exports have no given trials: POST its definition again';
    throw new DomainError('state-conflict', detail, { details: { state } });
  }
  const violations = givenViolations({ space: spec.searchSpace, ...namedValues(spec) }, trials, { pointer: '/trials' }).map(withoutOrigin);
  if (violations.length > 0) throw new DomainError('invalid-request', `the body has ${countedErrors(violations)}`, { violations });
  return resolvedGiven(spec.searchSpace, trials).map((trial, place) => {
    const notes = trials[place]?.notes;
    return { ...trial, id: newId(), ...(notes && { notes }) };
  });
}

/** True if the study ends when the generation in progress closes. That generation takes no more trials. */
function endsWithGeneration({ spec, sampler: { version, suggested, state } }: Study): boolean {
  const generation = samplerOf(spec, version).generation(state);
  if (!generation || spec.budget.generations === undefined) return false;
  return generation.index + 1 >= spec.budget.generations && suggested >= generation.firstIndex + generation.size;
}

/** The study that trials are given to, and the number of the first of them. */
interface GivenTo {
  readonly id: string;
  readonly spec: ResolvedSpec;
  readonly first: number;
  /** Default 0. */
  readonly priority?: number;
}

/** Inserts trials that a client gave. */
export async function insertGiven(
  tx: StudyTransaction,
  { id, spec, first, priority }: GivenTo,
  given: readonly AddedTrial[],
): Promise<void> {
  let next = first;
  for (const some of inSlices(given, rowsAtOnce)) {
    const { known, enqueued } = storedGiven(spec, next, some);
    if (known.length > 0) await tx.insertFinishedTrials(id, known);
    if (enqueued.length > 0) await tx.insertTrials(id, enqueued, priority);
    next += some.length;
  }
}
