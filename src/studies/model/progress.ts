import type { SamplerProgress } from './study.ts';

/** The numbers of a search's trials: suggested ones, and those that a client gave. */
type Counts = Pick<SamplerProgress, 'suggested' | 'skipped' | 'known' | 'enqueued'>;

/** The number of the next trial: one more than the last. */
export function nextNumber({ suggested, skipped, known, enqueued }: Counts): number {
  return suggested - skipped + known + enqueued;
}

/** Number of trials that the budget is charged for: all but known results. */
export function chargedTrials({ suggested, skipped, enqueued }: Omit<Counts, 'known'>): number {
  return suggested - skipped + enqueued;
}

/** Progress before the first trial, without its sampler. */
export const noProgress = { observed: 0, suggested: 0, skipped: 0, known: 0, enqueued: 0, withValue: 0 } as const;

/** Number of trials that a client gave. */
export function givenTrials({ known, enqueued }: Pick<Counts, 'known' | 'enqueued'>): number {
  return known + enqueued;
}

/** True if a client gave trials. */
export function hasGiven(counts: Pick<Counts, 'known' | 'enqueued'>): boolean {
  return givenTrials(counts) > 0;
}

/** True if a search observed or suggested more than before. */
export function movesOn(before: SamplerProgress, after: SamplerProgress): boolean {
  return after.observed > before.observed || after.suggested > before.suggested;
}
