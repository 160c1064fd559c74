/** Waits between the attempts of a delivery, in seconds. */
export interface BackOff {
  /** Wait after the first attempt. */
  readonly firstSeconds: number;
  /** Each wait is so many times the one before. */
  readonly factor: number;
  readonly longestSeconds: number;
  /** Time from the first attempt after which a delivery is given up. */
  readonly patienceSeconds: number;
}

/** 5 s, 15 s, 45 s, 2 min, 7 min, 20 min, 1 h, then every 2 hours: about 20 attempts in a day. */
export const dayOfAttempts: BackOff = { firstSeconds: 5, factor: 3, longestSeconds: 7200, patienceSeconds: 86_400 };

/** Longest wait that a receiver can ask for with Retry-After, in seconds. */
const longestAskedSeconds = 3600;

/**
 * The wait before the next attempt, in seconds.
 *
 * @param attempts attempts so far, at least 1
 * @param random from 0 to 1: spreads the waits by a quarter to both sides, so that what failed together is not repeated together
 * @param askedSeconds the wait that the receiver asked for; null: it asked for none
 */
export function waitSeconds(backOff: BackOff, { attempts, random, askedSeconds }: WaitFacts): number {
  const plain = Math.min(backOff.firstSeconds * backOff.factor ** (attempts - 1), backOff.longestSeconds);
  return Math.max(plain * (0.75 + random / 2), Math.min(askedSeconds ?? 0, longestAskedSeconds));
}

export interface WaitFacts {
  readonly attempts: number;
  readonly random: number;
  readonly askedSeconds: number | null;
}
