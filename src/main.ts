#!/usr/bin/env node
import { Command, Option } from 'commander';
import { addCampaignCommands } from './cli/campaign-commands.ts';
import { UsageError, usageExitCode } from './cli/exit-codes.ts';
import { type QuickstartDataset, quickstartDatasets } from './cli/quickstart-campaign.ts';
import { addStudyCommands } from './cli/study-commands.ts';
import type { CommandWorld } from './cli/tools.ts';
import { createClient } from './client/client.ts';
import { ConfigError, loadConfig, SETTINGS } from './config.ts';
import { openContext } from './context.ts';
import { renderOpenApi } from './http/openapi.ts';
import { createLog } from './log.ts';
import { runQuickstart } from './quickstart-command.ts';
import { type Roles, startService } from './service.ts';
import { listenForStop, StopAskedError, whenAborted } from './signals.ts';
import { StartError } from './start-faults.ts';
import { StopError } from './stopping.ts';
import { ArtifactFolderError } from './store/artifacts/artifacts.ts';
import { MigrationError } from './store/database/migrations.ts';
import { DataFolderBusyError } from './store/embedded/data-folder-lock.ts';
import { EmbeddedPostgresError, EmbeddedPostgresLostError } from './store/embedded/errors.ts';
import { version } from './version.ts';
import { withService } from './with-service.ts';

/** Faults of the command line and of the surroundings, whose message is all that a person needs: exit code 2. */
const startFaults = [UsageError, ConfigError, StartError, ArtifactFolderError, DataFolderBusyError, EmbeddedPostgresError, MigrationError];
/** What may end a process that was up, whose message says it all too: exit code 1. */
const lateFaults = [EmbeddedPostgresLostError, StopAskedError, StopError];

const program = new Command('clavier')
  .description('Clavier tunes hyperparameters: POST a study, poll its trials, take a winner.')
  .version(version)
  .showHelpAfterError()
  // Commands take this over as they are made: a wrong command line is told by the parser, and ends with an exit code of ours.
  .exitOverride()
  .addHelpText('after', settingsHelp());

program
  .command('serve', { isDefault: false })
  .description('run the API and train on this machine; starts its own PostgreSQL unless DATABASE_URL is set')
  .action(() => run({ verb: 'serve', api: true, runner: true }));
program
  .command('api')
  .description('run the API alone, against DATABASE_URL')
  .action(() => run({ verb: 'api', api: true, runner: false }));
program
  .command('runner')
  .description('train for an API elsewhere, against DATABASE_URL')
  .action(() => run({ verb: 'runner', api: false, runner: true }));
program
  .command('quickstart')
  .description('run an example campaign from start to winner, on a service of its own')
  .addOption(new Option('--dataset <name>', 'what to train on').choices(quickstartDatasets).default('spam-assassin'))
  .action(async ({ dataset }: { dataset: QuickstartDataset }) => {
    process.exitCode = await runQuickstart(loadConfig(process.env, { port: 0 }), dataset, listenForStop(giveUp));
  });
addStudyCommands(program, commandWorld());
addCampaignCommands(program, commandWorld());
program.command('migrate').description('apply the migrations to the database, and end').action(migrateOnly);
program
  .command('openapi')
  .description('print the OpenAPI document')
  .action(async () => {
    process.stdout.write(await renderOpenApi());
  });

// A reader that went away (`| head`, a closed terminal) must not end the process in the middle of its work.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE' && error.code !== 'EIO') throw error;
  });
}
try {
  await program.parseAsync();
} catch (error) {
  const code = usageExitCode(error);
  if (code === undefined) report(error);
  else process.exitCode = code;
}

/** Commands that ask a service: results go to standard output, all else to standard error. */
function commandWorld(): CommandWorld {
  return {
    connect: (options) => {
      const { url, key } = { ...clientSettings(), ...options };
      const stop = listenForStop(giveUp).asked;
      const screen = { stream: process.stderr, plainLineSeconds: 5 };
      const client = createClient({ baseUrl: url, key: key ?? undefined, signal: stop });
      return { url, tools: { client, out: process.stdout, screen, input: process.stdin, stop } };
    },
    setExitCode: (code) => {
      process.exitCode = code;
    },
  };
}

function clientSettings(): { url: string; key: string | null } {
  const { url, key } = loadConfig(process.env);
  return { url, key };
}

/** Runs parts of the service until a signal stops it. */
async function run(roles: Roles): Promise<void> {
  const config = loadConfig(process.env);
  if (!(roles.api && roles.runner) && config.databaseUrl === null) {
    throw new ConfigError(`DATABASE_URL is not set; ${roles.verb} shares a database with other processes (serve starts its own)`);
  }
  const log = createLog(config.logLevel, 'stdout');
  const stop = listenForStop(giveUp);
  const life = { start: () => startService(config, log, roles, stop.asked), stop, log };
  await withService(life, async ({ url, broken }) => {
    if (url) log.info(`listening on ${url}; documentation at ${url}/docs`);
    await whenAborted(stop.asked);
    if (!broken.aborted) log.info('stopping: running steps are finished and saved; once more to give them up');
  });
  log.info('stopped');
}

/** The last resort, where stopping in order does not come to an end. What is left is found and put right by the next start. */
function giveUp(): void {
  process.stderr.write('clavier: it does not stop in order, and ends as it is; the next start puts things right\n');
  process.exit(1);
}

async function migrateOnly(): Promise<void> {
  const config = loadConfig(process.env);
  const context = await openContext(config, createLog(config.logLevel, 'stdout'), {
    verb: 'migrate',
    ownsDataFolder: config.databaseUrl === null,
    stop: listenForStop(giveUp).asked,
  });
  await context[Symbol.asyncDispose]();
}

/** One clear line for what the surroundings did wrong, the whole error for what we did wrong. */
function report(error: unknown): void {
  const isOf = (kinds: readonly (new (...args: never[]) => Error)[]): boolean => kinds.some((kind) => error instanceof kind);
  const inBrief = error instanceof Error && (isOf(startFaults) || isOf(lateFaults));
  const words = error instanceof Error ? ((inBrief ? null : error.stack) ?? error.message) : String(error);
  process.stderr.write(`clavier: ${words}\n`);
  process.exitCode = isOf(startFaults) ? 2 : 1;
}

function settingsHelp(): string {
  const width = Math.max(...SETTINGS.map(({ name }) => name.length));
  return [
    '',
    'Settings (environment variables):',
    ...SETTINGS.map(({ name, meaning, defaultValue }) => `  ${name.padEnd(width)}  ${meaning} Default: ${defaultValue}.`),
  ].join('\n');
}
