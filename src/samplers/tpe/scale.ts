import type { NoteScaled } from '../contract.ts';
import { shrunk } from '../shrink.ts';
import type { TpeOptions } from './options.ts';
import { settingsOf } from './settings.ts';

/** Fewer than two trials at random tell a model nothing. */
const leastStartup = 2;

/**
 * Fewer trials at random before the model has a say: never all of them.
 *
 * @param trials the trials of the scaled search; undefined where it counts none
 */
export function scaledOptions(options: TpeOptions, trials: number | undefined, factor: number, note: NoteScaled): TpeOptions {
  const full = settingsOf(options).startupTrials;
  const most = trials === undefined ? full : Math.min(full, trials - 1);
  return { ...options, startupTrials: note('start-up trials', full, Math.min(most, shrunk(full, factor, leastStartup))) };
}
