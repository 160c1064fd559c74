import { setTimeout as delay } from 'node:timers/promises';
import type { DirectDatabase } from './direct-database.ts';

/** How often it is looked whether a trial is claimed again. */
const lookMs = 100;
/** Longer is a difference of another kind: the round does not end. */
const longestSeconds = 120;

/** How a killed runner's trials come to somebody: it is started again on its machine, or never. */
export type RecoveryKind = 'same-host' | 'other-host';

/** A trial as a runner held it. */
interface HeldTrial {
  readonly id: string;
  readonly attempts: number;
}

interface TrialNow extends HeldTrial {
  readonly state: string;
  readonly active: boolean;
}

/** Seconds from kills of runners to the moment at which all trials that they held were claimed again, or had ended. */
export class RecoveryTimes {
  readonly seconds: Readonly<Record<RecoveryKind, number[]>> = { 'same-host': [], 'other-host': [] };
  /** Kills that are not counted: something else came in between. */
  voided = 0;
  /** Raised by what holds up every recovery, such as PostgreSQL being away. */
  #interruptions = 0;

  /** Whatever is being measured is not counted. */
  interrupt(): void {
    this.#interruptions += 1;
  }

  /**
   * Measures from now, the kill, on.
   *
   * @param untouched whether nothing else was done to the runner that is to come back
   */
  async measure(database: DirectDatabase, kind: RecoveryKind, held: readonly HeldTrial[], untouched: () => boolean): Promise<void> {
    if (held.length === 0) return;
    const [startedAt, interruptions] = [performance.now(), this.#interruptions];
    const elapsed = (): number => (performance.now() - startedAt) / 1000;
    const attempts = new Map(held.map((trial) => [trial.id, trial.attempts]));
    for (; elapsed() < longestSeconds; await delay(lookMs)) {
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

/** The trials that a runner's process holds right now; none while there are no tables yet. */
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

/** Not yet claimed again, and not ended. */
function isOpen({ id, attempts, state }: TrialNow, before: ReadonlyMap<string, number>): boolean {
  return (state === 'queued' || state === 'running') && attempts === before.get(id);
}
