import { canonicalText } from '../../shared/digest.ts';

/** A difference between stored data and its required value. */
export interface Difference {
  /** The place, from the study on: `trials/17/value`, `events/12/hash`, `checkpoints/3/state`, `study/samplerState`, `leaderboard/2`. */
  readonly where: string;
  /** The required value, as a short text. */
  readonly expected: string;
  /** The stored value, as a short text. */
  readonly found: string;
  /** The reason why it is required, for people. */
  readonly detail: string;
}

/** Characters that a value takes in a difference at most. */
const longestText = 200;
/** Characters before the first difference of two long values that are shown. */
const shownBefore = 40;

/** The text of a value in a difference: its canonical text, cut if long; `none` for undefined. */
export function shown(value: unknown): string {
  return cut(textOf(value), 0);
}

/** The texts of two values that differ: long ones start shortly before their first difference. */
export function shownPair(expected: unknown, found: unknown): Pick<Difference, 'expected' | 'found'> {
  const [one, other] = [textOf(expected), textOf(found)];
  const from = Math.max(one.length, other.length) <= longestText ? 0 : Math.max(0, sharedLength(one, other) - shownBefore);
  return { expected: cut(one, from), found: cut(other, from) };
}

function textOf(value: unknown): string {
  return value === undefined ? 'none' : canonicalText(value);
}

function cut(text: string, from: number): string {
  const rest = text.slice(from);
  return `${from > 0 ? '…' : ''}${rest.length <= longestText ? rest : `${rest.slice(0, longestText)}…`}`;
}

function sharedLength(one: string, other: string): number {
  let length = 0;
  while (length < one.length && one[length] === other[length]) length += 1;
  return length;
}

/** True if two values have the same canonical text. */
export function same(left: unknown, right: unknown): boolean {
  if (left === right) return true;
  if (left === undefined || right === undefined) return false;
  return canonicalText(left) === canonicalText(right);
}

/** The difference between two values of one part; empty if they are equal. */
export function differing(where: string, expected: unknown, found: unknown, detail: string): Difference[] {
  return same(expected, found) ? [] : [{ where, ...shownPair(expected, found), detail }];
}
