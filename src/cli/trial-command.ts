import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Objective, ObjectiveResult } from '../client/evaluation.ts';
import { ProblemError } from '../client/problem-error.ts';
import type { RunningTrial } from '../client/trial-lease.ts';
import { TrialFailedError } from '../client/trial-stopped.ts';
import type { CommandTemplate } from './placeholders.ts';
import { type Environment, type ProcessGroup, startGroup } from './process-group.ts';
import { reportOf, resultOf } from './program-output.ts';

/** Settings of the command of a worker. */
export interface TrialCommandOptions {
  readonly command: CommandTemplate;
  readonly environment: Environment;
  /** Time limit of a trial. Default: none. */
  readonly timeoutSeconds?: number | undefined;
  /** Time from SIGTERM to SIGKILL. */
  readonly graceSeconds: number;
  /** Receives every line that is no report. */
  readonly show: (trial: RunningTrial, line: string, stream: 'output' | 'error') => void;
}

/** Lines of standard error that are kept for the description of a failure. */
const keptLines = 20;

/** Most characters of the description of a failure that the service keeps. */
const errorLength = 2000;

/**
 * Evaluates trials by a command: reports are lines of its standard output, the result is its result file or else the last report
 * (`CommandReports.result`).
 *
 * @throws TrialFailedError if the command fails; ProgramMissingError from `startGroup`
 */
export function trialCommand(options: TrialCommandOptions): Objective {
  return async (trial) => {
    const folder = await mkdtemp(join(tmpdir(), 'clavier-trial-'));
    try {
      return await runIn(folder, trial, options);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  };
}

async function runIn(folder: string, trial: RunningTrial, options: TrialCommandOptions): Promise<ObjectiveResult> {
  const { command, environment, graceSeconds, timeoutSeconds, show } = options;
  const resultFile = join(folder, 'result.json');
  const lastLines: string[] = [];
  const reports = reportsOf(trial, (line) => show(trial, line, 'output'));
  const group = startGroup(command.fill(trial.parameters), {
    environment: { ...environment, ...variablesOf(trial, resultFile) },
    graceSeconds,
    onOutput: reports.take,
    onError: (line) => {
      lastLines.push(line);
      if (lastLines.length > keptLines) lastLines.shift();
      show(trial, line, 'error');
    },
  });
  reports.refused.addEventListener('abort', group.stop);
  const limit = timeLimit(group, timeoutSeconds);
  const stop = (): void => group.stop();
  trial.signal.addEventListener('abort', stop);
  if (trial.signal.aborted) stop();
  try {
    const { code, signal } = await group.ended;
    if (trial.signal.aborted) return; // the result is not used
    reports.refused.throwIfAborted();
    if (limit.passed()) throw failure(`timed out after ${timeoutSeconds} s`, lastLines);
    if (signal !== null) throw failure(`the command was ended by ${signal}`, lastLines);
    if (code !== 0) throw failure(`the command ended with exit code ${code}`, lastLines);
  } finally {
    limit.end();
    trial.signal.removeEventListener('abort', stop);
  }
  return (await readResult(resultFile)) ?? reports.result();
}

/** The variables by which a command knows its trial. */
function variablesOf({ id, number, attempt, parameters, resume, earlierValues }: RunningTrial, resultFile: string): Environment {
  return {
    CLAVIER_PARAMETERS: JSON.stringify(parameters),
    CLAVIER_TRIAL_ID: id,
    CLAVIER_TRIAL_NUMBER: String(number),
    CLAVIER_ATTEMPT: String(attempt),
    CLAVIER_RESUME: resume === null ? '' : JSON.stringify(resume),
    CLAVIER_EARLIER_VALUES: earlierValues === undefined ? '' : JSON.stringify(earlierValues),
    CLAVIER_RESULT_FILE: resultFile,
  };
}

/** Reports of a command. */
interface CommandReports {
  /** Takes a line of standard output. */
  readonly take: (line: string) => void;
  /** Aborted with the problem when the service refuses a report: the trial cannot complete any more. */
  readonly refused: AbortSignal;
  /**
   * The result of a command without a result file: none, so that the last report counts, or the checkpoint at which it resumed, after which nothing was
   * left to do. @throws TrialFailedError if there is neither
   */
  readonly result: () => undefined;
}

function reportsOf(trial: RunningTrial, show: (line: string) => void): CommandReports {
  const refused = new AbortController();
  const steps = new Set<number>();
  const take = (line: string): void => {
    const report = reportOf(line);
    if (report === null) show(line);
    else if (steps.has(report.step)) show(`${line} (not reported: step ${report.step} is already)`);
    else {
      steps.add(report.step);
      trial.report(report.step, report.values, { checkpoint: report.checkpoint }).catch(refuse);
    }
  };
  // Other errors may pass: the trial fails only if its reports are not stored in the end.
  const refuse = (error: unknown): void => {
    if (error instanceof ProblemError && error.status < 500) refused.abort(new TrialFailedError(`a report was refused: ${error.message}`));
  };
  const result = (): undefined => {
    if (steps.size > 0 || trial.resume?.trialId === trial.id) return undefined;
    throw new TrialFailedError(
      'the command ended without a result: it must print a line such as {"step": 1, "accuracy": 0.9}, or write {"accuracy": 0.9} to the file that CLAVIER_RESULT_FILE names',
    );
  };
  return { take, refused: refused.signal, result };
}

function timeLimit(group: ProcessGroup, seconds: number | undefined): { passed(): boolean; end(): void } {
  let passed = false;
  const stop = (): void => {
    passed = true;
    group.stop();
  };
  const timer = seconds === undefined ? undefined : setTimeout(stop, seconds * 1000);
  return { passed: () => passed, end: () => clearTimeout(timer) };
}

/** Describes a failure by what happened and the last lines of standard error, as many as the service keeps. */
function failure(event: string, lastLines: readonly string[]): TrialFailedError {
  const lines = lastLines.join('\n');
  const room = errorLength - event.length - 2;
  return new TrialFailedError(lines === '' ? event : `${event}:\n${lines.slice(-room)}`);
}

/** Reads the result file. @returns null if the command did not write it @throws TrialFailedError */
async function readResult(file: string): Promise<ObjectiveResult | null> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  });
  if (text === null) return null;
  const result = resultOf(text);
  if (typeof result === 'string') throw new TrialFailedError(`the file of CLAVIER_RESULT_FILE has no result: ${result}`);
  return result;
}
