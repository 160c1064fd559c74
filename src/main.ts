#!/usr/bin/env node
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Command, Option } from 'commander';
import { quickstart } from './cli/quickstart.ts';
import { type QuickstartDataset, quickstartDatasets } from './cli/quickstart-study.ts';
import { createClient } from './client/client.ts';
import { ConfigError, loadConfig, SETTINGS } from './config.ts';
import { openContext } from './context.ts';
import { renderOpenApi } from './http/openapi.ts';
import { createLog } from './log.ts';
import { type Roles, startService } from './service.ts';
import { onStopSignals } from './signals.ts';
import { ArtifactFolderError } from './store/artifacts.ts';
import { DataFolderBusyError } from './store/data-folder-lock.ts';
import { EmbeddedPostgresError } from './store/embedded/errors.ts';
import { MigrationError } from './store/migrations.ts';
import { version } from './version.ts';

/** Faults of the surroundings, whose message is all that a person needs. */
const plainFaults = [ConfigError, ArtifactFolderError, DataFolderBusyError, EmbeddedPostgresError, MigrationError];

const program = new Command('clavier')
  .description('Clavier tunes hyperparameters: POST a study, poll its trials, take a winner.')
  .version(version)
  .showHelpAfterError()
  .addHelpText('after', settingsHelp());

program
  .command('serve', { isDefault: false })
  .description('run the API and train on this machine; starts its own PostgreSQL unless DATABASE_URL is set')
  .action(() => run({ api: true, runner: true }));
program
  .command('api')
  .description('run the API alone, against DATABASE_URL')
  .action(() => run({ api: true, runner: false }));
program
  .command('runner')
  .description('train for an API elsewhere, against DATABASE_URL')
  .action(() => run({ api: false, runner: true }));
program
  .command('quickstart')
  .description('run an example study from start to winner, on a service of its own')
  .addOption(new Option('--dataset <name>', 'what to train on').choices(quickstartDatasets).default('spam-assassin'))
  .action(({ dataset }: { dataset: QuickstartDataset }) => runQuickstart(dataset));
program.command('migrate').description('apply the migrations to the database, and end').action(migrateOnly);
program
  .command('openapi')
  .description('print the OpenAPI document')
  .action(async () => {
    process.stdout.write(await renderOpenApi());
  });

try {
  await program.parseAsync();
} catch (error) {
  report(error);
}

/** Runs parts of the service until a signal stops it. */
async function run(roles: Roles): Promise<void> {
  const config = loadConfig(process.env);
  if (!(roles.api && roles.runner) && config.databaseUrl === null) {
    throw new ConfigError(
      `DATABASE_URL is not set; ${roles.api ? 'api' : 'runner'} shares a database with other processes (serve starts its own)`,
    );
  }
  const log = createLog(config.logLevel, 'stdout');
  const service = await startService(config, log, roles);
  if (service.url) log.info(`listening on ${service.url}; documentation at ${service.url}/docs`);
  await onStopSignals({
    first: () => {
      log.info('stopping: running epochs are finished and saved; once more to give them up');
      return service.drain();
    },
    again: () => service.drain({ now: true }),
  });
  log.info('stopped');
}

/** Exit code 0 with a winner, 1 without one, 130 when it was stopped. */
async function runQuickstart(dataset: QuickstartDataset): Promise<void> {
  const config = loadConfig({ ...process.env, CLAVIER_PORT: process.env.CLAVIER_PORT || '0' });
  mkdirSync(config.dataFolder, { recursive: true });
  const logFile = join(config.dataFolder, 'quickstart.log');
  const say = (text: string): void => {
    process.stdout.write(`${text}\n`);
  };
  say(`Starting PostgreSQL and the service (${config.slots} ${config.slots === 1 ? 'slot' : 'slots'}; details in ${logFile}) …`);
  const service = await startService(config, createLog(config.logLevel, { file: logFile }), { api: true, runner: true });
  const stop = new AbortController();
  void onStopSignals({
    first: async () => {
      say('\nStopping: running epochs are finished and saved (once more to give them up). The same command goes on from here.');
      stop.abort();
    },
    again: () => service.drain({ now: true }),
  });
  try {
    if (service.url === null) throw new Error('the API did not start');
    say(`The API is at ${service.url} while this runs; its documentation at ${service.url}/docs`);
    const end = await quickstart({
      client: createClient({ baseUrl: service.url }),
      dataset,
      screen: { stream: process.stdout, plainLineSeconds: 5 },
      stop: stop.signal,
    });
    if (end.kind === 'winner') say(nextSteps(config.dataFolder, end.study.id));
    process.exitCode = end.kind === 'winner' ? 0 : end.kind === 'stopped' ? 130 : 1;
  } finally {
    await service.drain();
  }
}

function nextSteps(dataFolder: string, studyId: string): string {
  return [
    '',
    `Where to look next (everything is kept in ${dataFolder}):`,
    '  npm start                    starts the service on http://127.0.0.1:8080',
    `  curl -s http://127.0.0.1:8080/v1/studies/${studyId}/leaderboard`,
    `  curl -s http://127.0.0.1:8080/v1/studies/${studyId}/generations`,
    '  http://127.0.0.1:8080/docs   the API, to read and to try',
    '  README.md                    how to POST a study of your own',
  ].join('\n');
}

async function migrateOnly(): Promise<void> {
  const config = loadConfig(process.env);
  const context = await openContext(config, createLog(config.logLevel, 'stdout'), {
    verb: 'migrate',
    ownsDataFolder: config.databaseUrl === null,
    connections: 1,
  });
  await context[Symbol.asyncDispose]();
}

/** One clear line for what the surroundings did wrong (exit code 2), the whole error for what we did wrong (1). */
function report(error: unknown): void {
  const plain = plainFaults.some((kind) => error instanceof kind);
  process.stderr.write(
    plain && error instanceof Error
      ? `clavier: ${error.message}\n`
      : `clavier: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
  );
  process.exitCode = plain ? 2 : 1;
}

function settingsHelp(): string {
  const width = Math.max(...SETTINGS.map(({ name }) => name.length));
  return [
    '',
    'Settings (environment variables):',
    ...SETTINGS.map(({ name, meaning, defaultValue }) => `  ${name.padEnd(width)}  ${meaning} Default: ${defaultValue}.`),
  ].join('\n');
}
