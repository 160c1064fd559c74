import { setImmediate } from 'node:timers/promises';
import { piecewiseDigestOf } from '../../shared/canonical-pieces.ts';
import { jsonSchema } from '../../shared/digest.ts';
import { invariant } from '../../shared/errors.ts';
import type { DefinitionChanges } from '../definition/changes.ts';
import type { ResolvedSpec } from '../definition/definition.ts';
import { rankingRuleOf, rankOf, scoreOf } from '../definition/ranking.ts';
import { type StoredDefinition, storedAs, storedDefinition } from '../definition/stored.ts';
import type { ForkOrigin } from '../model/fork-origin.ts';
import { nextNumber } from '../model/progress.ts';
import { isEnded, type StudyState } from '../model/states.ts';
import type { Outcome, SamplerProgress, StudyCheckpoint } from '../model/study.ts';
import type { Planner } from '../ports/planner.ts';
import type { FinishedTrial } from '../ports/transactions.ts';
import type { PlannedTrial } from '../search/plan.ts';
import { queuedTrials } from '../search/queued-trials.ts';
import { changedSpec } from './changed-spec.ts';
import type { ExportedTrial, UnfinishedTrial } from './document.ts';
import { documentViolations } from './document-violations.ts';
import { forkPoint, specAfter } from './fork.ts';
import { judgementViolations } from './judgement-violations.ts';
import { optionViolations } from './option-violations.ts';
import { forkOriginIn } from './provenance.ts';
import { importedError, prunedAtOf, type Rebuilt, replayDocument, replayUnder } from './replayed.ts';
import type { CurrentImport, StudyImport } from './request.ts';
import { fromDocumentV1, inPlacesOfV1, studyFormatV1 } from './version-1.ts';
import { invalidDocument } from './violations.ts';

/** A study to be stored with its initial results. */
export interface ImportPlan {
  readonly spec: ResolvedSpec;
  /** The document's own if it is unchanged; else the new one, in the current form. */
  readonly definition: StoredDefinition;
  /** The changes since; null if there are none, or if the definition is a new one. */
  readonly changes: DefinitionChanges | null;
  readonly state: StudyState;
  readonly outcome: Outcome | null;
  readonly progress: SamplerProgress;
  readonly checkpoints: readonly StudyCheckpoint[];
  /** Trials with a result and, if the study ended, cancelled trials without one. Ordered by number. */
  readonly finished: readonly FinishedTrial[];
  /** Open trials, ordered by number. */
  readonly queue: readonly PlannedTrial[];
  /** SHA-256 over the canonical text of the document as it was sent. */
  readonly document: string;
  /** null for a study that is no fork. */
  readonly forkedFrom: ForkOrigin | null;
  /** True if the search may have more to do at once because the study differs from the document. */
  readonly changed: boolean;
}

/** The part of a document that an import keeps, and the search that follows from it. */
interface Kept {
  readonly spec: ResolvedSpec;
  readonly trials: readonly ExportedTrial[];
  readonly unfinished: readonly UnfinishedTrial[];
  readonly rebuilt: Rebuilt;
  readonly end: { readonly state: StudyState; readonly outcome: Outcome | null };
  readonly changed: boolean;
}

/**
 * Decides what an import stores. The search is made again from the definition and the results, so that only the results are taken
 * on trust.
 *
 * @param planner makes the suggestions of a slow sampler again
 * @throws DomainError `invalid-document` naming every violation; pointers are into the request
 */
export async function planImport(request: StudyImport, planner: Planner): Promise<ImportPlan> {
  const { document, sent = document } = request;
  if (document.format !== studyFormatV1) return plannedImport({ ...request, document }, sent, planner);
  try {
    const plan = await plannedImport({ ...request, document: fromDocumentV1(document) }, sent, planner);
    const { name, budget, seed } = request;
    const isSame = name === undefined && budget === undefined && seed === undefined;
    // A fork of a study whose definition was changed has the changes in its own definition.
    return isSame && (plan.changes !== null || document.changes === undefined) ? { ...plan, definition: storedAs(1, document.spec) } : plan;
  } catch (error) {
    throw inPlacesOfV1(error);
  }
}

async function plannedImport(request: CurrentImport, sent: unknown, planner: Planner): Promise<ImportPlan> {
  const { document } = request;
  const violations = documentViolations(document);
  if (violations.length > 0) throw invalidDocument(violations);
  const judgements = await judgementViolations(document);
  if (judgements.length > 0) throw invalidDocument(judgements);
  // From here on the definition is the one that the search follows; only an unchanged study keeps the two apart.
  const current = { ...request, document: { ...document, spec: changedSpec(document) } };
  const options = optionViolations(current);
  if (options.length > 0) throw invalidDocument(options);
  const found = await replayDocument(current.document, planner);
  const kept = await keptOf(current, found, planner);
  const plan = await planOf(kept, { document: await piecewiseDigestOf(sent), forkedFrom: await forkOriginOf(request, sent) });
  if (!document.changes || isChanged(request)) return plan;
  return { ...plan, definition: storedDefinition(document.spec), changes: document.changes };
}

/** True if the imported study has another definition than its document: it is stored whole, without changes beside it. */
function isChanged({ name, budget, fork, seed }: StudyImport): boolean {
  return name !== undefined || budget !== undefined || fork !== undefined || seed !== undefined;
}

/** The source of a fork. An import that is no fork itself keeps the one that its document names. */
async function forkOriginOf({ document, fork, source }: CurrentImport, sent: unknown): Promise<ForkOrigin | null> {
  if (!fork) return forkOriginIn(sent);
  const compared = typeof sent === 'object' ? { ...sent, provenance: undefined } : sent;
  return {
    study: source ?? null,
    generation: fork.generation ?? null,
    trials: forkPoint(document, fork),
    digest: await piecewiseDigestOf(compared),
  };
}

async function keptOf({ document, name, budget, fork, seed }: CurrentImport, found: Rebuilt, planner: Planner): Promise<Kept> {
  const { trials, unfinished = [], state, outcome } = document;
  const from = fork ? forkPoint(document, fork) : Number.POSITIVE_INFINITY;
  const reseed = seed === undefined ? {} : { reseed: { from, seed } };
  const spec = specAfter(document.spec, { name, budget, ...reseed });
  if (!fork && !budget) return { spec, trials, unfinished, rebuilt: found, end: { state, outcome }, changed: false };
  const kept = { trials: trials.filter(({ number }) => number < from), unfinished: unfinished.filter(({ number }) => number < from) };
  const rebuilt = await replayUnder({ spec, samplerVersion: document.samplerVersion, ...kept }, planner);
  if (!rebuilt)
    throw invalidDocument([
      {
        pointer: '/budget',
        detail: `ends the study before trial ${kept.trials.at(-1)?.number}, which is done: an import never discards results`,
      },
    ]);
  if (rebuilt.end && seed !== undefined)
    throw invalidDocument([
      {
        pointer: '/seed',
        detail: `leaves nothing to search: the study ends with the trials that are kept (${rebuilt.end.outcome.detail}); give a larger budget or keep fewer trials`,
      },
    ]);
  const goesOn = { state: !fork && state === 'paused' ? 'paused' : 'active', outcome: null } as const;
  return { spec, ...kept, rebuilt, end: rebuilt.end ?? goesOn, changed: true };
}

/** Trials between two pauses: the keys of their jobs are hashed, which takes some milliseconds for all of them. */
const trialsAtOnce = 500;

async function planOf(
  { spec, trials, unfinished, rebuilt, end, changed }: Kept,
  origin: Pick<ImportPlan, 'document' | 'forkedFrom'>,
): Promise<ImportPlan> {
  const { progress, indices, written, missing } = rebuilt;
  const open = [...unfinished.map((trial) => plannedOf(trial, indices)), ...missing].sort((one, other) => one.number - other.number);
  const ended = isEnded(end.state);
  const results: FinishedTrial[] = [];
  for (const [index, trial] of trials.entries()) {
    if (index % trialsAtOnce === 0) await setImmediate();
    results.push(finishedOf(spec, trial, indices));
  }
  const finished = ended
    ? [...results, ...open.map((trial) => cancelledOf(spec, trial))].sort((one, other) => one.number - other.number)
    : results;
  const numbers = [...results, ...open].map(({ number }) => number).sort((one, other) => one - other);
  invariant(numbers.length === nextNumber(progress) && numbers.every((number, index) => number === index), 'every trial is there once');
  return {
    spec,
    definition: storedDefinition(spec),
    changes: null,
    ...end,
    progress,
    checkpoints: written,
    finished,
    queue: ended ? [] : open,
    ...origin,
    changed,
  };
}

function plannedOf(trial: UnfinishedTrial, indices: Rebuilt['indices']): PlannedTrial {
  const { number, given = null, generation, parameters, seen } = trial;
  const index = given === null ? (indices.get(number) ?? number) : null;
  const origin = trial.origin as PlannedTrial['origin']; // the replay has compared it
  return { number, index, given, generation, parameters, origin, ...(seen && { seen }) };
}

function finishedOf(spec: ResolvedSpec, trial: ExportedTrial, indices: Rebuilt['indices']): FinishedTrial {
  const { state, value, values, diverged, evaluation, error, judgements } = trial;
  const prunedAt = prunedAtOf(trial);
  return {
    ...queuedOf(spec, plannedOf(trial, indices)),
    state,
    source: trial.given === 'known' ? 'given' : 'imported',
    value,
    ...(state === 'completed' && values !== null
      ? rankOf(spec, { values, diverged })
      : { score: scoreOf(rankingRuleOf(spec), { value, diverged, prunedAt }) }),
    values,
    diverged,
    error: error && importedError(error.code),
    evaluation: jsonSchema.parse(evaluation ?? null),
    ...(judgements && { judgements }),
  };
}

function cancelledOf(spec: ResolvedSpec, trial: PlannedTrial): FinishedTrial {
  const result = { value: null, score: null, values: null, diverged: false, error: null, evaluation: null };
  return { ...queuedOf(spec, trial), state: 'cancelled', source: 'trained', ...result };
}

function queuedOf(spec: ResolvedSpec, trial: PlannedTrial) {
  const [queued] = queuedTrials(spec, [trial]);
  invariant(queued, 'one trial gives one');
  return queued;
}
