import { unknownViolation } from '../studies/definition/constraints.ts';
import { finalGridName } from './part-names.ts';
import type { PartView } from './part-view.ts';
import type { ResolvedCampaign } from './spec.ts';

/**
 * True if a campaign with limits has a final on other data in which no trial has a score, and one that counts is beyond a limit. The
 * searches' best is no substitute then: it keeps the limits on their data alone. Diverged trials show nothing about limits.
 */
export function exceedsLimitsInFinal({ constraints, final }: ResolvedCampaign, parts: readonly PartView[]): boolean {
  if (!constraints || final?.trainSize === undefined) return false;
  return parts.some(({ name, nearest }) => name === finalGridName && nearest !== null);
}

/** Digits of a violation in a text. */
const violationDigits = 4;

/** Explains that there are no finalists. A verification compares the text, so the texts of earlier campaigns must not change. */
export function noFinalistsText(spec: ResolvedCampaign, parts: readonly PartView[]): string {
  const limited = spec.constraints && noTrialKeepsLimitsText(parts);
  if (limited) return limited;
  return spec.ranking === 'finite-first'
    ? 'every trial of every study failed, diverged or was cancelled; see their errors and values'
    : 'no study has a completed trial with a value; see their errors';
}

/**
 * Explains it for a campaign with limits. A final exists only if a search had a trial within them, so the trials of the final are what failed.
 *
 * @returns null if no trial counts: then the limits are not the reason
 */
function noTrialKeepsLimitsText(parts: readonly PartView[]): string | null {
  const ofFinal = parts.filter(({ name }) => name === finalGridName);
  const failed = ofFinal.length > 0 ? ofFinal : parts;
  const nearest = nearestToLimits(failed);
  if (!nearest) return null;
  const where = ofFinal.length > 0 ? ' of the final' : '';
  // Trials without a score rank by their violation: one that keeps the limits and does not count is the first of its part.
  const isKept = failed.some(({ leaders }) => leaders[0]?.violation === 0);
  const { part, trial, violation } = nearest;
  const distance =
    violation === unknownViolation
      ? 'which has a limited value that is not finite'
      : `whose violation is ${Number(violation.toPrecision(violationDigits))}`;
  return isKept
    ? `only trials${where} that diverged or have no finite value keep all limits; the nearest of the others is trial ${trial} of ${part}, ${distance}`
    : `no trial${where} keeps all limits; the nearest to them is trial ${trial} of ${part}, ${distance}`;
}

/** A trial beyond a limit, and its part. */
interface BeyondLimit {
  readonly part: string;
  readonly trial: number;
  readonly violation: number;
}

/** The nearest trial of all parts; ties go to the earlier part. null if there is none. */
function nearestToLimits(parts: readonly PartView[]): BeyondLimit | null {
  const found = parts.flatMap(({ name: part, nearest }): BeyondLimit[] =>
    nearest ? [{ part, trial: nearest.number, violation: nearest.violation ?? 0 }] : [],
  );
  return found.reduce<BeyondLimit | null>((least, next) => (least && least.violation <= next.violation ? least : next), null);
}
