import { setTimeout as delay } from 'node:timers/promises';
import type { DirectDatabase } from './direct-database.ts';

/** Polling interval for trials that are claimed again. */
const pollMs = 100;
/** A longer recovery shows as another difference: the round does not end. */
const longestSeconds = 120;

/** Kind of recovery of a killed runner's trials: the runner is restarted on its machine, or it never returns. */
export type RecoveryKind = 'same-host' | 'other-host';

/** A trial that a runner held. */
interface HeldTrial {
  readonly id: string;
  readonly attempts: number;
}

interface TrialNow extends HeldTrial {
  readonly state: string;
  readonly active: boolean;
}

/** Seconds from the kill of a runner until all trials that it held were claimed again or had ended. */
export class RecoveryTimes {
  readonly seconds: Readonly<Record<RecoveryKind, number[]>> = { 'same-host': [], 'other-host': [] };
  /** Number of kills that are not counted because of another disturbance meanwhile. */
  voided = 0;
  /** Raised by each event that delays every recovery, such as an unreachable PostgreSQL. */
  #interruptions = 0;

  /** Excludes the running measurements from the count. */
  interrupt(): void {
    this.#interruptions += 1;
  }

  /**
   * Measures from now on, the moment of the kill.
   *
   * @param untouched tells whether the runner that is to return had no other disturbance
   */
  async measure(database: DirectDatabase, kind: RecoveryKind, held: readonly HeldTrial[], untouched: () => boolean): Promise<void> {
    if (held.length === 0) return;
    const [startedAt, interruptions] = [performance.now(), this.#interruptions];
    const elapsed = (): number => (performance.now() - startedAt) / 1000;
    const attempts = new Map(held.map((trial) => [trial.id, trial.attempts]));
    for (; elapsed() < longestSeconds; await delay(pollMs)) {
      const open = (await trialsNow(database, [...attempts.keys()])).filter((trial) => isOpen(trial, attempts));
      const isVoid = this.#interruptions !== interruptions || !untouched() || open.some(({ active }) => !active);
      if (isVoid) {
        this.voided += 1;
        return;
      }
      if (open.length > 0) continue;
      this.seconds[kind].push(elapsed());
      return;
    }
    this.seconds[kind].push(elapsed());
  }
}

/** Lists the trials that a runner's process holds; none if there are no tables yet. */
export async function trialsHeldBy(database: DirectDatabase, { host, pid }: { host: string; pid: number }): Promise<HeldTrial[]> {
  const [tables] = await database.ask<{ there: boolean }>("SELECT to_regclass('trial') IS NOT NULL AS there");
  if (!tables?.there) return [];
  return database.ask<{ id: string; attempts: number }>(
    `SELECT trial.id, trial.attempts FROM trial JOIN runner ON runner.id = trial.lease_runner
     WHERE trial.state = 'running' AND runner.host = $1 AND runner.pid = $2`,
    [host, pid],
  );
}

function trialsNow(database: DirectDatabase, ids: readonly string[]): Promise<TrialNow[]> {
  return database.ask<{ id: string; attempts: number; state: string; active: boolean }>(
    `SELECT trial.id, trial.attempts, trial.state, study.state = 'active' AS active
     FROM trial JOIN study ON study.id = trial.study_id WHERE trial.id = ANY ($1::uuid[])`,
    [ids],
  );
}

/** Tells whether a trial has neither been claimed again nor ended. */
function isOpen({ id, attempts, state }: TrialNow, before: ReadonlyMap<string, number>): boolean {
  return (state === 'queued' || state === 'running') && attempts === before.get(id);
}
