import { hostname } from 'node:os';
import type { Command } from 'commander';
import type { StudyRepresentation } from '../api/study.ts';
import { type OptimizeSummary, optimize } from '../client/optimize.ts';
import { workerHelp } from './command-help.ts';
import { endingOf, exitCodes, UsageError } from './exit-codes.ts';
import { countOf, graceOf, leaseOf, secondsOf } from './option-values.ts';
import { type CommandTemplate, commandTemplate } from './placeholders.ts';
import { ProgramMissingError, requireProgram } from './process-group.ts';
import { type CommandTools, type CommandWorld, type ConnectionOptions, runCommand, withConnection } from './tools.ts';
import { trialCommand } from './trial-command.ts';
import { workerEndText, workerProgress } from './worker-progress.ts';

interface WorkerOptions extends ConnectionOptions {
  readonly jobs: number;
  readonly trials?: number;
  readonly timeout?: number;
  readonly grace: number;
  readonly lease: number;
  readonly name?: string;
}

/** Adds `clavier worker`: a command evaluates the trials of a study. */
export function addWorkerCommand(program: Command, world: CommandWorld): void {
  const command = program
    .command('worker')
    .description('evaluate the trials of a study by a command of your own')
    .usage('[options] <study> -- <command...>')
    .argument('<study>', 'id of a study with the objective external')
    .argument('<command...>', 'program and arguments; {name} is the value of the parameter, {{ and }} are braces');
  withConnection(command)
    .option('--jobs <number>', 'trials at a time', countOf, 1)
    .option('--trials <number>', 'stop after this many trials; default: when the study has ended', countOf)
    .option('--timeout <seconds>', 'time limit of a trial, after which it fails; default: none', secondsOf)
    .option('--grace <seconds>', 'time from SIGTERM to SIGKILL for a command that has to stop', graceOf, 10)
    .option('--lease <seconds>', 'time without a sign of this worker after which its trials go to others, 5 to 3600', leaseOf, 60)
    .option('--name <name>', 'name of the worker; default: the host and the process id')
    .addHelpText('after', workerHelp)
    .action((study: string, line: readonly string[], options: WorkerOptions) =>
      runCommand(world, options, (tools) => work(tools, study, line, options), { outlivesStop: true }),
    );
}

async function work(tools: CommandTools, studyId: string, line: readonly string[], options: WorkerOptions): Promise<number> {
  const { client, screen, stop, environment } = tools;
  const study = await client.getStudy(studyId);
  const command = await checkedCommand(study, line, environment);
  const print = (text: string): void => void screen.stream.write(`${text}\n`);
  const progress = workerProgress(client, study, print);
  const missing = new AbortController();
  const run = trialCommand({
    command,
    environment,
    timeoutSeconds: options.timeout,
    graceSeconds: options.grace,
    show: ({ number }, text, stream) => (stream === 'output' ? tools.out : screen.stream).write(`[${number}] ${text}\n`),
  });
  const summary = await optimize(
    client,
    study.id,
    async (trial) => {
      try {
        return await run(trial);
      } catch (error) {
        // Without its program every trial would fail: they are returned instead.
        if (error instanceof ProgramMissingError) missing.abort(new UsageError(error.message));
        throw error;
      }
    },
    {
      concurrency: options.jobs,
      ...(options.trials !== undefined && { trials: options.trials }),
      worker: options.name ?? `${hostname()}:${process.pid}`,
      leaseSeconds: options.lease,
      signal: AbortSignal.any([stop, missing.signal]),
      onTrial: progress.finished,
      onRetry: printedOutage(tools, print),
    },
  );
  await progress.printed();
  missing.signal.throwIfAborted();
  return ended(summary, stop, print);
}

/** Checks everything that could make each trial fail, before one is taken. @throws UsageError */
async function checkedCommand(
  study: StudyRepresentation,
  line: readonly string[],
  environment: CommandTools['environment'],
): Promise<CommandTemplate> {
  const { objective, searchSpace } = study.spec;
  if (objective.type !== 'external')
    throw new UsageError(`study ${study.id} has the objective ${objective.type}, which the service evaluates itself: it needs no worker`);
  const names = searchSpace.map(({ name }) => name);
  const command = commandTemplate(line, names);
  if (command.program === null) return command;
  try {
    await requireProgram(command.program, environment);
  } catch (error) {
    throw error instanceof ProgramMissingError ? new UsageError(error.message) : error;
  }
  return command;
}

function ended(summary: OptimizeSummary, stop: AbortSignal, print: (line: string) => void): number {
  print(workerEndText(summary));
  return stop.aborted ? exitCodes.stopped : exitCodes.done;
}

/** Shortest time between two lines about a service that is away. */
const outageLineMs = 30_000;

function printedOutage({ url }: CommandTools, print: (line: string) => void): (error: unknown) => void {
  let printedAt = Number.NEGATIVE_INFINITY;
  return (error) => {
    if (performance.now() - printedAt < outageLineMs) return;
    printedAt = performance.now();
    print(`${endingOf(error, url).message}; trying again, running trials continue`);
  };
}
