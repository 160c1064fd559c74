import type { EventRepresentation } from '../api/event.ts';
import type { DifferenceRepresentation, VerificationRepresentation } from '../api/verification.ts';
import { type Column, tableText } from './table.ts';

/** Characters of a value that a line shows. */
const longestCell = 48;

const differenceColumns: readonly Column<DifferenceRepresentation>[] = [
  { title: 'where', align: 'left', cell: ({ where }) => where },
  { title: 'expected', align: 'left', cell: ({ expected }) => cut(expected) },
  { title: 'found', align: 'left', cell: ({ found }) => cut(found) },
  { title: 'how that is known', align: 'left', cell: ({ detail }) => detail },
];

/** What a verification came to: the digest, or a table of the differences. */
export function verificationText({ verified, digest, differences, ...counts }: VerificationRepresentation): string {
  const { trials, suggestions, checkpoints, events } = counts;
  const log = events === null ? 'no event log' : `${events} events`;
  const looked = `${trials} trials, ${suggestions} suggestions, ${checkpoints} study checkpoints, ${log}`;
  if (verified) return `verified: ${looked}\ndigest ${digest ?? 'unknown'}`;
  const many = differences.length === 1 ? 'a difference' : `${differences.length} differences`;
  return `not verified: ${many} (${looked})\n\n${tableText(differenceColumns, differences)}`;
}

const eventColumns: readonly Column<EventRepresentation>[] = [
  { title: 'number', align: 'right', cell: ({ sequence }) => String(sequence) },
  { title: 'time (UTC)', align: 'left', cell: ({ createdAt }) => createdAt.slice(0, 19).replace('T', ' ') },
  { title: 'event', align: 'left', cell: ({ type }) => type },
  { title: 'hash', align: 'left', cell: ({ hash }) => hash.slice(0, 16) },
  { title: 'what', align: 'left', cell: ({ data }) => whatOf(data) },
];

/** A table of the events of a study. */
export function eventsText(events: readonly EventRepresentation[]): string {
  return tableText(eventColumns, events);
}

/** Trials by their numbers; other events by what they say. */
function whatOf(data: EventRepresentation['data']): string {
  const { trials, ...others } = data;
  if (!Array.isArray(trials)) return cut(JSON.stringify(data));
  const numbers = trials.flatMap((trial: { number?: unknown }) => (typeof trial.number === 'number' ? [trial.number] : []));
  const range =
    numbers.length === 0 ? 'no trials' : numbers.length === 1 ? `trial ${numbers[0]}` : `trials ${numbers[0]} to ${numbers.at(-1)}`;
  return Object.keys(others).length === 0 ? range : cut(`${JSON.stringify(others)}, ${range}`);
}

function cut(text: string): string {
  return text.length <= longestCell ? text : `${text.slice(0, longestCell - 1)}…`;
}
