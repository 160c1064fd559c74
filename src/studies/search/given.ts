import type { ResolvedSpec } from '../definition/definition.ts';
import { type GivenTrial, kindOf, originOf } from '../definition/given-trials.ts';
import { rankOf } from '../definition/ranking.ts';
import type { SamplerProgress } from '../model/study.ts';
import type { FinishedTrial } from '../ports/transactions.ts';
import type { ResultNotes } from '../ports/workers.ts';
import { type QueuedTrial, queuedTrials } from './queued-trials.ts';

/** A given trial with its id and the notes of its client. */
export interface AddedTrial extends GivenTrial {
  readonly id?: string;
  readonly notes?: ResultNotes;
}

/** Given trials as they are stored: known ones with their results, the others in the queue. */
export interface StoredGiven {
  readonly known: readonly FinishedTrial[];
  readonly enqueued: readonly QueuedTrial[];
}

/** Makes the trials that a client gave, of which the first has this number. */
export function storedGiven(spec: ResolvedSpec, first: number, given: readonly AddedTrial[]): StoredGiven {
  const planned = given.map((trial, place) => {
    const { parameters } = trial;
    return { number: first + place, index: null, given: kindOf(trial), generation: null, parameters, origin: originOf(trial) };
  });
  const queued = queuedTrials(spec, planned).map((trial, place): QueuedTrial => {
    const id = given[place]?.id;
    return { ...trial, ...(id !== undefined && { id }) };
  });
  return {
    known: queued.flatMap((trial, place) => {
      const { values, notes } = given[place] ?? {};
      return values ? [{ ...knownTrial(spec, trial, values), ...(notes && { notes }) }] : [];
    }),
    enqueued: queued.filter((trial) => trial.given === 'enqueued'),
  };
}

function knownTrial(spec: ResolvedSpec, trial: QueuedTrial, values: NonNullable<GivenTrial['values']>): FinishedTrial {
  const rank = rankOf(spec, { values, diverged: false });
  return { ...trial, ...rank, diverged: false, values, state: 'completed', source: 'given', error: null, evaluation: null };
}

/** Progress after trials were given. */
export function progressAfter(progress: SamplerProgress, given: readonly GivenTrial[]): SamplerProgress {
  const known = given.filter((trial) => kindOf(trial) === 'known').length;
  return { ...progress, known: progress.known + known, enqueued: progress.enqueued + given.length - known };
}
