import { CommanderError } from 'commander';
import { ProblemError } from '../client/problem-error.ts';

/** Exit codes of the commands, for scripts. */
export const exitCodes = {
  /** Success: the watched study has a winner, or the verification found no difference. */
  done: 0,
  /** The watched study ended without a winner, the verification found a difference, a deletion was not confirmed, or an error without a code of its own occurred. */
  failed: 1,
  /** The service rejected the request, or the command line or a file is invalid. A retry cannot help. */
  refused: 2,
  /** The service cannot be reached or is unavailable. A later retry may help. */
  unreachable: 3,
  /** Ctrl-C stopped the command. A watched study or campaign continues. */
  stopped: 130,
} as const;

/** The exit codes in the help of the commands. */
export const exitCodesText = [
  'Exit codes:',
  '  0    success; watch found a winner, verify found no difference',
  '  1    watch: no winner; verify: a difference; delete: declined; or an error',
  '  2    the command line, a file or the request is invalid',
  '  3    the service cannot be reached or is unavailable; try again later',
  '  130  stopped by Ctrl-C; the service continues its work',
].join('\n');

/** The command line or a file is invalid. The message says what to do. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** Exit code and message of a command that failed. */
export interface Ending {
  readonly code: number;
  readonly message: string;
}

/** Returns the exit code for an error of the command-line parser, which has printed it already; 0 for a request for help. Undefined for other errors. */
export function usageExitCode(error: unknown): number | undefined {
  if (!(error instanceof CommanderError)) return undefined;
  return error.exitCode === 0 ? exitCodes.done : exitCodes.refused;
}

/** Temporary statuses other than 5xx: request timeout, too many requests. */
const passingStatuses = [408, 429];

/** Returns the exit code and the message for an error. @param url address of the service */
export function endingOf(error: unknown, url: string): Ending {
  if (error instanceof UsageError) return { code: exitCodes.refused, message: error.message };
  if (error instanceof ProblemError) {
    const code = error.status >= 500 || passingStatuses.includes(error.status) ? exitCodes.unreachable : exitCodes.refused;
    return { code, message: `${error.message} (${error.code})` };
  }
  if (isNetworkError(error)) {
    const message = `no answer from ${url}: ${reasonOf(error)}; is the service running there? Set another address with --url or CLAVIER_URL`;
    return { code: exitCodes.unreachable, message };
  }
  if (error instanceof SyntaxError) {
    return { code: exitCodes.refused, message: `the server at ${url} is not a Clavier service: its answer is not JSON` };
  }
  const words = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { code: exitCodes.failed, message: words };
}

/** True if a retry may help. */
export function mayPass(error: unknown): boolean {
  return endingOf(error, '').code === exitCodes.unreachable;
}

/** True for the errors of fetch: a TypeError when the connection fails or breaks, or a timeout. */
function isNetworkError(error: unknown): error is Error {
  if (!(error instanceof Error)) return false;
  return error.name === 'TimeoutError' || (error instanceof TypeError && ['fetch failed', 'terminated'].includes(error.message));
}

function reasonOf(error: Error): string {
  const { cause } = error;
  if (!(cause instanceof Error)) return error.message;
  return cause.message || ('code' in cause && typeof cause.code === 'string' ? cause.code : error.message);
}
