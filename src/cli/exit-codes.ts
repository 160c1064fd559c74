import { CommanderError } from 'commander';
import { ProblemError } from '../client/problem-error.ts';

/** What a command ends with, so that scripts can tell what happened. */
export const exitCodes = {
  /** It did what it was asked for; what it watched has a winner, what it verified has no difference. */
  done: 0,
  /** What it watched ended without a winner, what it verified differs, or something went wrong that has no code of its own. */
  failed: 1,
  /** The service refused the request, or the command line or a file is wrong: asking again changes nothing. */
  refused: 2,
  /** The service cannot be reached, or cannot work at the moment: asking again later may help. */
  unreachable: 3,
  /** It was stopped (Ctrl-C); what it watched goes on. */
  stopped: 130,
} as const;

/** The same for the help of the commands. */
export const exitCodesText = [
  'Exit codes:',
  '  0    done; what was watched has a winner, what was verified is as it must be',
  '  1    what was watched has no winner, what was verified differs, or an error',
  '  2    refused: the command line, a file or the request is wrong',
  '  3    the service cannot be reached or cannot work; later it may',
  '  130  stopped by Ctrl-C; the service goes on with its work',
].join('\n');

/** A command line or a file that cannot be used. The message says what to do. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** How a command ends: its exit code, and what to tell. */
export interface Ending {
  readonly code: number;
  readonly message: string;
}

/** The exit code for an error of the parser of the command line, which has told it; asking for help is none. Undefined for other errors. */
export function usageExitCode(error: unknown): number | undefined {
  if (!(error instanceof CommanderError)) return undefined;
  return error.exitCode === 0 ? exitCodes.done : exitCodes.refused;
}

/** Statuses, beside 5xx, that say "not now": a request timeout, too many requests. */
const passingStatuses = [408, 429];

/** How a command ends by an error. @param url the service that was asked */
export function endingOf(error: unknown, url: string): Ending {
  if (error instanceof UsageError) return { code: exitCodes.refused, message: error.message };
  if (error instanceof ProblemError) {
    const code = error.status >= 500 || passingStatuses.includes(error.status) ? exitCodes.unreachable : exitCodes.refused;
    return { code, message: `${error.message} (${error.code})` };
  }
  if (isNetworkError(error)) {
    const message = `no answer from ${url}: ${reasonOf(error)}; is the service running there? Name another with --url or CLAVIER_URL`;
    return { code: exitCodes.unreachable, message };
  }
  if (error instanceof SyntaxError) {
    return { code: exitCodes.refused, message: `what answers at ${url} is no Clavier service: its answer is not JSON` };
  }
  const words = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { code: exitCodes.failed, message: words };
}

/** Whether asking again may help. */
export function mayPass(error: unknown): boolean {
  return endingOf(error, '').code === exitCodes.unreachable;
}

/** What fetch throws: a TypeError where the connection fails or breaks off, or the end of its patience. */
function isNetworkError(error: unknown): error is Error {
  if (!(error instanceof Error)) return false;
  return error.name === 'TimeoutError' || (error instanceof TypeError && ['fetch failed', 'terminated'].includes(error.message));
}

function reasonOf(error: Error): string {
  const { cause } = error;
  if (!(cause instanceof Error)) return error.message;
  return cause.message || ('code' in cause && typeof cause.code === 'string' ? cause.code : error.message);
}
