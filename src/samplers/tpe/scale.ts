import type { NoteScaled } from '../contract.ts';
import { shrunk } from '../shrink.ts';
import type { TpeOptions } from './options.ts';
import { settingsOf } from './settings.ts';

/** Fewer than two trials at random tell a model nothing. */
const leastStartup = 2;

/**
 * Fewer random trials before the model is used: never all of them.
 *
 * @param trials the trials of the scaled search; undefined if its budget has no number of trials
 */
export function scaledOptions(options: TpeOptions, trials: number | undefined, factor: number, note: NoteScaled): TpeOptions {
  const full = settingsOf(options).startupTrials;
  const most = trials === undefined ? full : Math.min(full, trials - 1);
  return { ...options, startupTrials: note('start-up trials', full, Math.min(most, shrunk(full, factor, leastStartup))) };
}
