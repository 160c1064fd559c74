import type { Dice } from '../dice.ts';
import type { Journal } from '../journal.ts';
import type { ChaosPostgres } from '../postgres.ts';
import type { RecoveryTimes } from '../recovery.ts';
import type { Tally } from '../tally.ts';
import type { World } from '../world.ts';

/** What may be disturbed, and what is noted of it. */
export interface Scene {
  /** Worlds that are open to disturbances right now. */
  readonly worlds: Set<World>;
  readonly postgres: ChaosPostgres;
  readonly journal: Journal;
  readonly tally: Tally;
  readonly recovery: RecoveryTimes;
  /** Processes that are stopped by SIGSTOP. */
  readonly stopped: Set<number>;
  /** How long a claim on a trial holds, in every world. */
  readonly leaseSeconds: number;
  /** Above 0: some world is being looked at, and PostgreSQL stays. */
  calm: number;
  /** The last restart of PostgreSQL. */
  restarting: Promise<void>;
}

/** One way to disturb a service. */
export interface Disturbance {
  readonly weight: number;
  /** Does it, in one of the worlds that are open. @returns what was done, null where there was nothing to do it to */
  act(scene: Scene, world: World, dice: Dice): Promise<string | null>;
}
