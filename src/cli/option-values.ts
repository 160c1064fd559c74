import { InvalidArgumentError } from 'commander';
import { type AuditEntryRepresentation, auditEntrySchema } from '../api/audit.ts';
import { feedEventTypeSchema } from '../api/feed-event.ts';
import { type KeyRequest, keyRequestSchema } from '../api/key.ts';
import { projectChangeSchema, projectRequestSchema } from '../api/project.ts';
import type { WebhookRequest } from '../api/webhook.ts';
import { UsageError } from './exit-codes.ts';

/** Parses the address of a service. @throws InvalidArgumentError, which the command-line parser prints */
export function addressOf(text: string): string {
  if (!/^https?:\/\//.test(text) || !URL.canParse(text))
    throw new InvalidArgumentError('It must be an address such as http://127.0.0.1:8080.');
  const { username, password } = new URL(text);
  if (username !== '' || password !== '') throw new InvalidArgumentError('It must not contain a name or a password; use --key instead.');
  return text;
}

/** Parses a bearer token. @throws UsageError, because an InvalidArgumentError would print the key */
export function keyOf(text: string): string {
  if (!/^[\x21-\x7e]+$/.test(text)) throw new UsageError('--key may contain only letters, digits and punctuation, and no spaces');
  return text;
}

/** Parses the name of a project. @throws InvalidArgumentError, which the command-line parser prints */
export function projectOf(text: string): string {
  const name = projectRequestSchema.shape.name.safeParse(text);
  if (name.success) return name.data;
  throw new InvalidArgumentError(`It ${name.error.issues[0]?.message}.`);
}

/** Parses the weight of a project. @throws InvalidArgumentError, which the command-line parser prints */
export function weightOf(text: string): number {
  const weight = projectChangeSchema.shape.weight.safeParse(wholeNumberOf(text));
  if (weight.success && weight.data !== undefined) return weight.data;
  throw new InvalidArgumentError('It must be a whole number from 1 to 1000.');
}

/** Parses a quota. (The parser of the command line takes null for an option without a value.) @throws InvalidArgumentError, which the command-line parser prints */
export function quotaOf(text: string): number | 'none' {
  if (text === 'none') return text;
  if (/^\d+$/.test(text)) return wholeNumberOf(text);
  throw new InvalidArgumentError('It must be a whole number of at least 0, or none.');
}

/** Parses rights, separated by commas. @throws InvalidArgumentError, which the command-line parser prints */
export function scopesOf(text: string): KeyRequest['scopes'] {
  const list = keyRequestSchema.shape.scopes.safeParse(text.split(',').map((right) => right.trim()));
  if (list.success) return list.data;
  throw new InvalidArgumentError(
    `It must be some of ${keyRequestSchema.shape.scopes.element.options.join(', ')}, each once, separated by commas.`,
  );
}

const unitHours: Readonly<Record<string, number>> = { h: 1, d: 24, w: 168 };

/** Parses the time when something expires: a time, or a length from now on. @throws InvalidArgumentError, which the command-line parser prints */
export function expiryOf(text: string): string {
  const [, count, unit = ''] = /^(\d{1,5})([hdw])$/.exec(text) ?? [];
  if (count !== undefined) return new Date(Date.now() + Number(count) * (unitHours[unit] ?? 0) * 3_600_000).toISOString();
  if (keyRequestSchema.shape.expiresAt.safeParse(text).success) return text;
  throw new InvalidArgumentError('It must be a length such as 12h, 90d or 52w, or a time such as 2027-11-24T12:00:00Z.');
}

/** Parses a time in the past: a time, or a length before now. @throws InvalidArgumentError, which the command-line parser prints */
export function pastTimeOf(text: string): string {
  const [, count, unit = ''] = /^(\d{1,5})([hdw])$/.exec(text) ?? [];
  if (count !== undefined) return new Date(Date.now() - Number(count) * (unitHours[unit] ?? 0) * 3_600_000).toISOString();
  if (keyRequestSchema.shape.expiresAt.safeParse(text).success) return text;
  throw new InvalidArgumentError('It must be a length such as 12h, 7d or 4w, or a time such as 2026-11-24T12:00:00Z.');
}

/** Parses an action of the audit log. @throws InvalidArgumentError, which the command-line parser prints */
export function auditActionOf(text: string): AuditEntryRepresentation['action'] {
  const action = auditEntrySchema.shape.action.safeParse(text);
  if (action.success) return action.data;
  throw new InvalidArgumentError(`It must be one of ${auditEntrySchema.shape.action.options.join(', ')}.`);
}

/** Parses a number from 0 to 1. @throws InvalidArgumentError, which the command-line parser prints */
export function shareOf(text: string): number {
  const share = Number(text);
  if (text.trim() === '' || !(share >= 0 && share <= 1)) throw new InvalidArgumentError('It must be a number from 0 to 1.');
  return share;
}

/** Parses a whole number of at least 0. @throws InvalidArgumentError, which the command-line parser prints */
export function wholeNumberOf(text: string): number {
  const number = Number(text);
  if (!/^\d{1,16}$/.test(text) || !Number.isSafeInteger(number)) throw new InvalidArgumentError('It must be a whole number of at least 0.');
  return number;
}

/** A label of the command line. */
export type Label = readonly [name: string, value: string];

/** Parses one of several labels. @throws InvalidArgumentError, which the command-line parser prints */
export function labelsOf(text: string, earlier: readonly Label[]): readonly Label[] {
  const end = text.indexOf('=');
  if (end <= 0) throw new InvalidArgumentError('It must be a name and a value, such as team=search.');
  return [...earlier, [text.slice(0, end), text.slice(end + 1)]];
}

type EventTypes = NonNullable<WebhookRequest['types']>;

/** Parses one of several types of events. @throws InvalidArgumentError, which the command-line parser prints */
export function typesOf(text: string, earlier: EventTypes): EventTypes {
  const type = feedEventTypeSchema.safeParse(text);
  if (type.success) return [...new Set([...earlier, type.data])];
  throw new InvalidArgumentError(`It must be one of ${feedEventTypeSchema.options.join(', ')}.`);
}

/** Parses a number of items, at least 1. @throws InvalidArgumentError, which the command-line parser prints */
export function countOf(text: string): number {
  const number = Number(text);
  if (!/^\d{1,16}$/.test(text) || !Number.isSafeInteger(number) || number < 1)
    throw new InvalidArgumentError('It must be a whole number of at least 1.');
  return number;
}

/** Parses a whole number, which may be negative. @throws InvalidArgumentError, which the command-line parser prints */
export function integerOf(text: string): number {
  const number = Number(text);
  if (!/^-?\d{1,16}$/.test(text) || !Number.isSafeInteger(number)) throw new InvalidArgumentError('It must be a whole number.');
  return number;
}

/** Parses any number. @throws InvalidArgumentError, which the command-line parser prints */
export function numberOf(text: string): number {
  const number = Number(text);
  if (text.trim() === '' || !Number.isFinite(number)) throw new InvalidArgumentError('It must be a number.');
  return number;
}

/** Parses a reference point: decimal numbers, separated by commas. @throws UsageError */
export function referencePointOf(text: string): number[] {
  return text.split(',').map((part) => {
    const number = Number(part);
    if (!/^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(part) || !Number.isFinite(number))
      throw new UsageError(`--reference must be a number for each metric, such as 0.5,300, got ${text}`);
    return number;
  });
}

/** Parses the length of a leaderboard. @throws InvalidArgumentError, which the command-line parser prints */
export function leaderboardLimitOf(text: string): number {
  const limit = Number(text);
  if (!/^\d{1,3}$/.test(text) || limit < 1 || limit > 200) throw new InvalidArgumentError('It must be a whole number from 1 to 200.');
  return limit;
}

/** Longest time of a timer, about 23 days. */
const longestSeconds = 2_000_000;

/** Parses a time of more than 0 seconds. @throws InvalidArgumentError, which the command-line parser prints */
export function secondsOf(text: string): number {
  const seconds = Number(text);
  if (text.trim() === '' || !(seconds > 0 && seconds <= longestSeconds))
    throw new InvalidArgumentError(`It must be a number of seconds above 0, at most ${longestSeconds}.`);
  return seconds;
}

/** Parses a time of at least 0 seconds. @throws InvalidArgumentError, which the command-line parser prints */
export function graceOf(text: string): number {
  return Number(text) === 0 && text.trim() !== '' ? 0 : secondsOf(text);
}

/** Parses the length of a lease. @throws InvalidArgumentError, which the command-line parser prints */
export function leaseOf(text: string): number {
  const seconds = Number(text);
  if (!/^\d{1,4}$/.test(text) || seconds < 5 || seconds > 3600) throw new InvalidArgumentError('It must be a whole number from 5 to 3600.');
  return seconds;
}
