import type { LoggedResult, LoggedSuggestion } from '../events/read.ts';
import type { StoredResult } from '../events/stored-result.ts';
import type { StudyState } from '../model/states.ts';
import type { Study, StudyCheckpoint } from '../model/study.ts';
import type { Trial } from '../model/trial.ts';
import type { LoggedChanges } from './change-check.ts';
import type { Findings } from './findings.ts';
import type { NumberedBuffer } from './numbered-buffer.ts';

/** The log's record of a trial whose row differs from it or is missing. */
export interface Logged {
  readonly suggestion: LoggedSuggestion | null;
  readonly result: LoggedResult | null;
}

/** A walk along the log. */
export interface LogWalk {
  readonly study: Study;
  readonly findings: Findings;
  readonly trials: NumberedBuffer<Trial>;
  readonly results: NumberedBuffer<StoredResult>;
  readonly checkpoints: NumberedBuffer<StudyCheckpoint>;
  readonly logged: Map<number, Logged>;
  /** Trials queued, trials observed and checkpoints written so far; null after an event that cannot be trusted. */
  queued: number | null;
  observed: number | null;
  written: number | null;
  state: StudyState | null;
  outcome: unknown;
  /** Values that requests changed so far; null after an event that cannot be trusted. */
  changes: LoggedChanges | null;
  /** The last study checkpoint, and the results of the end. They are compared once no extension can make them void. */
  lastCheckpoint: LoggedCheckpoint | null;
  ending: readonly LoggedResult[];
  /** True while every event is the one that was chained. */
  sound: boolean;
}

export type LoggedCheckpoint = Pick<StudyCheckpoint, 'sequence' | 'generation' | 'trials' | 'digest'>;

export const saysTheLog = 'as the event log has it';

/** Numbers come one after the other. @returns how many there are with this one */
export function counted({ findings }: LogWalk, sequence: number, count: number | null, number: number): number {
  if (count !== null && number !== count)
    findings.add({
      where: `events/${sequence}/data`,
      expected: `number ${count}`,
      found: `number ${number}`,
      detail: 'the log tells things in order, each once',
    });
  return number + 1;
}
