import type { Dice } from '../dice.ts';
import type { Journal } from '../journal.ts';
import type { ChaosPostgres } from '../postgres.ts';
import type { RecoveryTimes } from '../recovery.ts';
import type { Tally } from '../tally.ts';
import type { World } from '../world.ts';

/** The worlds that may be disturbed, and the records of the disturbances. */
export interface Scene {
  /** Worlds that are open to disturbances at this moment. */
  readonly worlds: Set<World>;
  readonly postgres: ChaosPostgres;
  readonly journal: Journal;
  readonly tally: Tally;
  readonly recovery: RecoveryTimes;
  /** Processes that are stopped by SIGSTOP. */
  readonly stopped: Set<number>;
  /** Lease time in every world. */
  readonly leaseSeconds: number;
  /** Number of worlds that are being checked. While it is above 0, PostgreSQL is not restarted. */
  calm: number;
  /** The last restart of PostgreSQL. */
  restarting: Promise<void>;
}

/** One way to disturb a service. */
export interface Disturbance {
  readonly weight: number;
  /** Disturbs one of the open worlds. @returns a description, or null if there was nothing to disturb */
  act(scene: Scene, world: World, dice: Dice): Promise<string | null>;
}
