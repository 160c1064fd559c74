import { expect } from 'vitest';
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
  const trials = await store.sql(`
    SELECT * FROM (
      SELECT study_id, number, state, source, attempts, failures, steps_trained, steps_wanted,
        lease_token IS NOT NULL OR lease_until IS NOT NULL OR lease_runner IS NOT NULL AS held,
        row_number() OVER (PARTITION BY study_id ORDER BY number)::int - 1 AS place
      FROM trial
    ) AS trial WHERE source <> 'imported' ORDER BY study_id, number`);
  for (const trial of trials) {
    expect(trial).toMatchObject({ state: 'completed', held: false, number: trial['place'] });
    expect(trial['steps_trained'], JSON.stringify(trial)).toBeLessThanOrEqual(Number(trial['steps_wanted']) + 1);
  }
  const sum = (column: string): number => trials.reduce((total, trial) => total + Number(trial[column]), 0);
  expect(sum('failures')).toBe(failures);
  expect(sum('attempts')).toBeGreaterThanOrEqual(trials.length);
  expect(sum('attempts')).toBeLessThanOrEqual(trials.length + slots);
}

/** Requests the verification of a study or a campaign. A difference fails the test with its text. */
export async function expectVerified(url: string, what: 'studies' | 'campaigns', id: string): Promise<void> {
  const response = await fetch(`${url}/v1/${what}/${id}/verify`, { method: 'POST' });
  expect(await response.json()).toMatchObject({ verified: true, differences: [] });
}
