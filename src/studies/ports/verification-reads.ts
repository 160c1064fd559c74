import type { Values } from '../../objectives/contract.ts';
import type { Page } from '../../shared/page.ts';

/** Facts of a trial that are stored redundantly: beside its result, and with their source. */
export interface StoredTraces {
  readonly number: number;
  /** The leaderboard's sort key: its value, oriented so that more is better. */
  readonly score: number | null;
  readonly violation: number | null;
  /** Its last step report; null if it reported nothing. */
  readonly lastReport: { readonly step: number; readonly values: Values } | null;
  /** The stored result of its training after that step; null if none is known. */
  readonly lastResult: Values | null;
  /** Key of its training; null if the training never began, or the trial was imported. */
  readonly resultKey: string | null;
  /**
   * The first step whose values differ between the trial and its training (`missing`: the training's are unknown); null if there is
   * none.
   */
  readonly differingStep: { readonly step: number; readonly missing: boolean } | null;
}

/** A number whose stored digits are not the shortest ones of any double. */
export interface NonCanonicalNumber {
  /** Its place in the notation of differences: `trials/17/values`. */
  readonly where: string;
  /** Its stored digits, and the canonical digits of the double that is read. */
  readonly stored: string;
  readonly written: string;
}

/**
 * Reads that only a verification needs.
 *
 * @throws DatabaseUnreachableError while the database is unreachable
 */
export interface VerificationReads {
  /**
   * Numbers of a study that this service did not write: changes of digits too fine for a double, which reading does not show. At
   * most `atMost`.
   */
  nonCanonicalNumbers(studyId: string, atMost: number): Promise<NonCanonicalNumber[]>;
  /** Redundant facts of a study's trials by number; `after` is the number of the last trial of the previous page. */
  storedTraces(filter: { studyId: string; limit: number; after?: number | undefined }): Promise<Page<StoredTraces>>;
}
