import { InvalidArgumentError } from 'commander';
import { UsageError } from './exit-codes.ts';

/** An address of a service. @throws InvalidArgumentError, which the parser of the command line tells */
export function addressOf(text: string): string {
  if (!/^https?:\/\//.test(text) || !URL.canParse(text))
    throw new InvalidArgumentError('It must be an address such as http://127.0.0.1:8080.');
  const { username, password } = new URL(text);
  if (username !== '' || password !== '') throw new InvalidArgumentError('A name or a password does not belong into it: use --key.');
  return text;
}

/** A bearer token. @throws UsageError without the key in it, which the parser's own errors would repeat */
export function keyOf(text: string): string {
  if (!/^[\x21-\x7e]+$/.test(text)) throw new UsageError('--key must be letters, digits and signs without spaces');
  return text;
}

/** A number from 0 to 1. @throws InvalidArgumentError, which the parser of the command line tells */
export function shareOf(text: string): number {
  const share = Number(text);
  if (text.trim() === '' || !(share >= 0 && share <= 1)) throw new InvalidArgumentError('It must be a number from 0 to 1.');
  return share;
}

/** A whole number from 0 on. @throws InvalidArgumentError, which the parser of the command line tells */
export function wholeNumberOf(text: string): number {
  const number = Number(text);
  if (!/^\d{1,16}$/.test(text) || !Number.isSafeInteger(number)) throw new InvalidArgumentError('It must be a whole number from 0 on.');
  return number;
}

/** How many trials of a leaderboard. @throws InvalidArgumentError, which the parser of the command line tells */
export function leaderboardLimitOf(text: string): number {
  const limit = Number(text);
  if (!/^\d{1,3}$/.test(text) || limit < 1 || limit > 100) throw new InvalidArgumentError('It must be a whole number from 1 to 100.');
  return limit;
}
