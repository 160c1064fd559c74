import { canonicalText } from '../../shared/digest.ts';

/** A place where what is stored is not what it must be. */
export interface Difference {
  /** Which part, from the study on: `trials/17/value`, `events/12/hash`, `checkpoints/3/state`, `study/samplerState`, `leaderboard/2`. */
  readonly where: string;
  /** What it must be, as a short text. */
  readonly expected: string;
  /** What is there, as a short text. */
  readonly found: string;
  /** How that is known, for people. */
  readonly detail: string;
}

/** Characters that a value takes in a difference at most. */
const longestText = 200;

/** A value as a difference shows it: its canonical text, cut where it is long; `none` for undefined. */
export function shown(value: unknown): string {
  if (value === undefined) return 'none';
  const text = canonicalText(value);
  return text.length <= longestText ? text : `${text.slice(0, longestText)}…`;
}

/** Whether two values have one canonical text. */
export function same(left: unknown, right: unknown): boolean {
  if (left === right) return true;
  if (left === undefined || right === undefined) return false;
  return canonicalText(left) === canonicalText(right);
}

/** The difference between two values of one part; none where they are the same. */
export function differing(where: string, expected: unknown, found: unknown, detail: string): Difference[] {
  return same(expected, found) ? [] : [{ where, expected: shown(expected), found: shown(found), detail }];
}
