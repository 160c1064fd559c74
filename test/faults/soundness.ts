import { expect } from 'vitest';
import { storedTrials } from '../store/inspect.ts';
import type { StudyStore } from '../store/study-fixture.ts';
import { slots } from './fault-world.ts';

/** Cost that a fault may have. */
interface Cost {
  /** Number of charged attempts of all trials. Default 0, because work that a dead service did not finish is not charged. */
  readonly failures?: number;
}

/**
 * Checks every trial of a database whose studies have ended: none is open or leased, no number is missing or duplicated, no
 * training lost more than its running step, and only trials that ran at the moment of the fault were claimed again.
 */
export async function expectNothingLost(store: StudyStore, { failures = 0 }: Cost = {}): Promise<void> {
  const all = await storedTrials(store);
  for (const [index, trial] of all.entries()) {
    const before = all[index - 1];
    const place = before !== undefined && before.studyId === trial.studyId ? Number(before.number) + 1 : 0;
    expect(trial.number, JSON.stringify(trial)).toBe(place);
  }
  const trials = all.filter(({ source }) => source !== 'imported');
  for (const trial of trials) {
    expect(trial).toMatchObject({ state: 'completed', leaseToken: null, leaseUntil: null, leaseRunner: null });
    expect(trial.stepsTrained, JSON.stringify(trial)).toBeLessThanOrEqual(Number(trial.stepsWanted) + 1);
  }
  const sum = (column: 'failures' | 'attempts'): number => trials.reduce((total, trial) => total + Number(trial[column]), 0);
  expect(sum('failures')).toBe(failures);
  expect(sum('attempts')).toBeGreaterThanOrEqual(trials.length);
  expect(sum('attempts')).toBeLessThanOrEqual(trials.length + slots);
}

/** Requests the verification of a study or a campaign. A difference fails the test with its text. */
export async function expectVerified(url: string, what: 'studies' | 'campaigns', id: string): Promise<void> {
  const response = await fetch(`${url}/v1/${what}/${id}/verify`, { method: 'POST' });
  expect(await response.json()).toMatchObject({ verified: true, differences: [] });
}
