import type { Values } from '../../objectives/contract.ts';
import type { Page } from './page.ts';

/** What is stored of a trial twice: beside its result, and where that comes from. */
export interface StoredTraces {
  readonly number: number;
  /** What the leaderboard sorts by: its value, oriented so that more is better. */
  readonly score: number | null;
  /** Its last step report; null where it reported nothing. */
  readonly lastReport: { readonly step: number; readonly values: Values } | null;
  /** What the training that it stands on came to after that step; null where that is not known. */
  readonly lastResult: Values | null;
  /** Names the training that it stands on; null where it never began, or was imported. */
  readonly resultKey: string | null;
  /** The first step of which the trial says something else than its training came to (`missing`: that is not known at all); null where there is none. */
  readonly differingStep: { readonly step: number; readonly missing: boolean } | null;
}

/** A number that is stored with other digits than any double is written with. */
export interface UnwrittenNumber {
  /** Where it stands, as differences say it: `trials/17/values`. */
  readonly where: string;
  /** Its digits as they are stored, and those that would have been written of what is read. */
  readonly stored: string;
  readonly written: string;
}

/** Reads that only a verification needs. */
export interface VerificationReads {
  /** Numbers of a study that this service did not write: changed digits too fine for a double, which reading does not show. At most `atMost`. */
  unwrittenNumbers(studyId: string, atMost: number): Promise<UnwrittenNumber[]>;
  /** Of the trials of a study, by number; `after` is the number of the last one of the page before. */
  storedTraces(filter: { studyId: string; limit: number; after?: number | undefined }): Promise<Page<StoredTraces>>;
}
