import type { Journal } from '../journal.ts';
import type { Tally } from '../tally.ts';
import type { World } from '../world.ts';

/** Input and output of every check: the world to inspect, and the journal and tally for its findings. */
export interface CheckContext {
  readonly world: World;
  readonly journal: Journal;
  readonly tally: Tally;
}
