import type { Journal } from '../journal.ts';
import type { Tally } from '../tally.ts';
import type { World } from '../world.ts';

/** What every check needs: where to look, and where to say what it found. */
export interface CheckContext {
  readonly world: World;
  readonly journal: Journal;
  readonly tally: Tally;
}
