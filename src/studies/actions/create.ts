import { setImmediate } from 'node:timers/promises';
import { objectiveFor } from '../../objectives/table.ts';
import { newId } from '../../shared/ids.ts';
import type { ResolvedSpec, StudySpec } from '../definition/definition.ts';
import { resolveNewStudy } from '../definition/resolve.ts';
import { storedInPieces } from '../definition/stored.ts';
import { emptyChain } from '../events/chain.ts';
import type { EventBody } from '../events/event.ts';
import { checkpointEvents, creationFacts, givenEvents, queuedEvents } from '../events/facts.ts';
import type { StudyMembership } from '../model/study.ts';
import type { StudyTransaction, Transactions } from '../ports/transactions.ts';
import { planStart } from '../search/advance-plan.ts';
import type { AdvancePlan } from '../search/plan.ts';
import { queuedTrials } from '../search/queued-trials.ts';
import { advanceStudy } from './advance.ts';
import { appendEvents } from './event-log.ts';
import { insertGiven } from './give.ts';

/** A study to be stored, with its first step. */
export interface NewStudy {
  readonly spec: ResolvedSpec;
  /** The campaign that the study belongs to; null for a standalone study. */
  readonly campaign: StudyMembership | null;
  readonly start: AdvancePlan;
}

/**
 * Makes the first steps of studies. Planning the first trials can take seconds for a window sampler, so it happens outside the
 * transaction; yields to the event loop after each study.
 */
export async function newStudies(studies: readonly Omit<NewStudy, 'start'>[]): Promise<NewStudy[]> {
  const made: NewStudy[] = [];
  for (const study of studies) {
    made.push(newStudy(study));
    await setImmediate();
  }
  return made;
}

/** Makes the first step of a study. */
export function newStudy(study: Omit<NewStudy, 'start'>): NewStudy {
  return { ...study, start: planStart(study.spec) };
}

/**
 * Creates a study with its first checkpoint and its first trials in one transaction. The first trials of a slow sampler follow, planned in
 * the background.
 *
 * @param drawnSeed the seed of a study that names none
 * @returns its id
 * @throws DomainError `invalid-study` that lists every violation; nothing is stored then
 */
export async function createStudy(store: Transactions, spec: StudySpec, drawnSeed: number): Promise<string> {
  const study = newStudy({ spec: await resolveNewStudy(spec, drawnSeed), campaign: null });
  const id = await store.transaction((tx) => insertNewStudy(tx, study));
  // If this process dies first, a sweep goes on.
  if (study.start.again) await advanceStudy(store, id);
  return id;
}

/**
 * Inserts a study with its given trials, its first checkpoint and its first trials, in the caller's transaction.
 *
 * @returns its id
 */
export async function insertNewStudy(tx: StudyTransaction, { spec, campaign, start }: NewStudy): Promise<string> {
  const id = newId();
  tx.noteCommit('create');
  const definition = await storedInPieces(spec);
  await tx.insertStudy({
    id,
    spec,
    definition,
    progress: start.progress,
    objectiveVersion: objectiveFor(spec.objective).version,
    campaign,
    forkedFrom: null,
  });
  await tx.insertCheckpoints(id, start.checkpoints);
  const { givenTrials = [] } = spec;
  await insertGiven(tx, { id, spec, first: 0 }, givenTrials);
  await tx.insertTrials(id, queuedTrials(spec, start.queue));
  const created: EventBody = {
    type: 'study-created',
    data: creationFacts(definition, { sampler: start.progress.version, objective: objectiveFor(spec.objective).version }),
  };
  if (start.due) tx.suggestionsDue(id);
  const facts = [created, ...givenEvents(0, givenTrials), ...checkpointEvents(start.checkpoints), ...queuedEvents(start.queue)];
  await appendEvents(tx, { id, events: emptyChain }, facts);
  return id;
}
