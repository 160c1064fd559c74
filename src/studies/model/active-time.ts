/** Longest gap after a tick that counts as active time without another tick. Services tick every few seconds. */
export const longestUntickedSeconds = 10;

/** The active time of a study, as a store counts it: its pauses, and the time in which no service worked, are left out. */
export interface ActiveTime {
  /** Active time until `tickedAt`, or in all if the study is not active. */
  readonly seconds: number;
  /** Time until which it is counted; null if the study is not active. */
  readonly tickedAt: Date | null;
  /** Start of the latest stretch without a pause or down time; null if the study is not active. */
  readonly since: Date | null;
}

/**
 * Returns the active time until a moment, to the millisecond. For a moment at which something was recorded, the result stays the
 * same until something else is recorded, although the counted time grows.
 *
 * @param moment lies in the latest stretch of active time, or before it; then the result is the time at the start of the stretch
 */
export function activeSecondsAt({ seconds, tickedAt, since }: ActiveTime, moment: Date): number {
  if (tickedAt === null) return toMilliseconds(seconds);
  const from = since === null ? moment.getTime() : Math.max(moment.getTime(), since.getTime());
  const afterTick = Math.min((from - tickedAt.getTime()) / 1000, longestUntickedSeconds);
  return toMilliseconds(Math.max(seconds + afterTick, 0));
}

function toMilliseconds(seconds: number): number {
  return Math.round(seconds * 1000) / 1000;
}
