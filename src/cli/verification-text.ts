import type { EventRepresentation } from '../api/event.ts';
import type { DifferenceRepresentation, VerificationRepresentation } from '../api/verification.ts';
import { counted } from '../shared/counted.ts';
import { type Column, tableText } from './table.ts';

/** Largest number of differences in a verification. */
const differencesAtMost = 100;
/** Largest number of characters of a value in a line. */
const longestCell = 48;
/** Number of characters shown before the first difference of two long values. */
const shownBefore = 20;

const differenceColumns: readonly Column<DifferenceRepresentation>[] = [
  { title: 'where', align: 'left', cell: ({ where }) => where },
  { title: 'expected', align: 'left', cell: ({ expected, found }) => cutBeside(expected, found) },
  { title: 'found', align: 'left', cell: ({ expected, found }) => cutBeside(found, expected) },
  { title: 'reason', align: 'left', cell: ({ detail }) => detail },
];

/** Formats the result of a verification: the digest, or a table of the differences. */
export function verificationText(
  { verified, digest, differences, notReplayed, ...counts }: VerificationRepresentation,
  width?: number,
): string {
  const { trials, suggestions, checkpoints, events } = counts;
  const log = events === null ? 'no event log' : counted(events, 'event');
  const looked = [counted(trials, 'trial'), counted(suggestions, 'suggestion'), counted(checkpoints, 'study checkpoint'), log].join(', ');
  if (verified) return `verified: ${looked}\ndigest ${digest ?? 'unknown'}`;
  if (differences.length === 0) return `cannot be verified here: ${notReplayed} (${looked}, no difference found)`;
  const many =
    differences.length === 1
      ? 'a difference'
      : differences.length < differencesAtMost
        ? `${differences.length} differences`
        : `the first ${differences.length} differences; there may be more`;
  return `not verified: ${many} (${looked})\n\n${tableText(differenceColumns, differences, width)}`;
}

const eventColumns: readonly Column<EventRepresentation>[] = [
  { title: 'number', align: 'right', cell: ({ number }) => String(number) },
  { title: 'time (UTC)', align: 'left', cell: ({ createdAt }) => createdAt.slice(0, 19).replace('T', ' ') },
  { title: 'event', align: 'left', cell: ({ type }) => type },
  { title: 'hash', align: 'left', cell: ({ hash }) => hash.slice(0, 16), extra: true },
  { title: 'what', align: 'left', cell: ({ data }) => whatOf(data), shortest: 16 },
];

/** Formats the events of a study as a table. */
export function eventsText(events: readonly EventRepresentation[], width?: number): string {
  return tableText(eventColumns, events, width);
}

/** Formats the data of an event: trials by number, without digests and versions. */
function whatOf(data: EventRepresentation['data']): string {
  return Object.entries(data)
    .flatMap(([name, value]) => {
      if (Array.isArray(value)) return rangeOf(value);
      if (name === 'version') return [];
      return value === null || isDigest(value) ? [] : [`${name} ${typeof value === 'string' ? value : JSON.stringify(value)}`];
    })
    .join(', ');
}

function rangeOf(trials: readonly { readonly number?: unknown }[]): string[] {
  const numbers = trials.flatMap(({ number }) => (typeof number === 'number' ? [number] : []));
  if (numbers.length === 0) return [];
  return [numbers.length === 1 ? `trial ${numbers[0]}` : `trials ${numbers[0]} to ${numbers.at(-1)}`];
}

function isDigest(value: unknown): boolean {
  return typeof value === 'string' && /^[0-9a-f]{64}$/.test(value);
}

/** Shortens a text for comparison with another one: if either is long, starts shortly before their first difference. */
function cutBeside(text: string, other: string): string {
  if (Math.max(text.length, other.length) <= longestCell) return text;
  let shared = 0;
  while (shared < text.length && text[shared] === other[shared]) shared += 1;
  const from = Math.max(0, shared - shownBefore);
  const shown = `${from > 0 ? '…' : ''}${text.slice(from)}`;
  return shown.length <= longestCell ? shown : `${shown.slice(0, longestCell - 1)}…`;
}
