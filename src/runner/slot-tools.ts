import type { Abilities } from './abilities.ts';
import type { DataPreparations } from './local-trainer/data-preparation.ts';
import type { RunnerSettings, RunnerWorld } from './ports.ts';

/** Dependencies that all slots of a runner share. */
export interface SlotTools {
  readonly world: RunnerWorld;
  readonly settings: RunnerSettings;
  readonly abilities: Abilities;
  readonly preparations: DataPreparations;
  /** Aborted when the runner drains: no more claims. */
  readonly draining: AbortSignal;
}
