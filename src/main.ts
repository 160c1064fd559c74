#!/usr/bin/env node
import { Command, Option } from 'commander';
import { quickstarts } from './api/quickstart.ts';
import { addAuditCommand } from './cli/audit-command.ts';
import { addCampaignCommands } from './cli/campaign-commands.ts';
import { UsageError, usageExitCode } from './cli/exit-codes.ts';
import { addKeyCommands } from './cli/key-commands.ts';
import { addPresetCommands } from './cli/preset-commands.ts';
import { addProjectCommands } from './cli/project-commands.ts';
import { addStudyCommands } from './cli/study-commands.ts';
import { wrapped } from './cli/table.ts';
import type { CommandWorld } from './cli/tools.ts';
import { addWebhookCommands } from './cli/webhook-commands.ts';
import { addWorkerCommand } from './cli/worker-command.ts';
import { createClient } from './client/client.ts';
import { StopError } from './close-all.ts';
import { ConfigError, loadConfig } from './config.ts';
import { configSettings } from './environment.ts';
import type { Roles } from './service.ts';
import { proxiedFetch } from './shared/proxied-fetch.ts';
import { listenForStop, StopAskedError } from './signals.ts';
import { StartError } from './start-faults.ts';
import { ArtifactFolderError } from './store/artifacts/errors.ts';
import { DatabaseUnfitError, MigrationError } from './store/database/errors.ts';
import { DataFolderBusyError, DataFolderLostError, EmbeddedPostgresError, EmbeddedPostgresLostError } from './store/embedded/errors.ts';
import { telemetryNames } from './telemetry-settings.ts';
import { version } from './version.ts';

/** Errors of the command line and of the environment. Their message alone is printed; exit code 2. */
const startFaults = [
  ...[UsageError, ConfigError, StartError, ArtifactFolderError, DataFolderBusyError],
  ...[EmbeddedPostgresError, DatabaseUnfitError, MigrationError],
];
/** Errors that end a process that was up. Their message alone is printed; exit code 1. */
const lateFaults = [DataFolderLostError, EmbeddedPostgresLostError, StopAskedError, StopError];

// The service takes most of a second to load: the commands that need it load it, so that all others answer at once.
const program = new Command('clavier')
  .description('Clavier tunes hyperparameters: POST a study, poll its trials, take a winner.')
  .version(version)
  .showHelpAfterError()
  // Subcommands inherit this when they are added: the parser reports a wrong command line, and the exit code is ours.
  .exitOverride()
  .addHelpText('after', settingsHelp());

program
  .command('serve', { isDefault: false })
  .description('run the API and train on this machine (starts its own PostgreSQL unless DATABASE_URL is set)')
  .action(() => run({ verb: 'serve', api: true, runner: true }));
program
  .command('api')
  .description('run the API only, on the database of DATABASE_URL')
  .action(() => run({ verb: 'api', api: true, runner: false }));
program
  .command('runner')
  .description('run a runner only: train the trials in the database of DATABASE_URL')
  .action(() => run({ verb: 'runner', api: false, runner: true }));
program
  .command('quickstart')
  .description('run an example campaign from start to winner on a service of its own')
  .addOption(
    new Option('--dataset <name>', 'dataset of the example').choices(quickstarts.map(({ name }) => name)).default(quickstarts[0]?.name),
  )
  .action(async ({ dataset }: { dataset: string }) => {
    const example = quickstarts.find(({ name }) => name === dataset);
    if (!example) throw new UsageError(`there is no example ${dataset}`);
    const config = loadConfig(process.env, { port: 0 });
    const stop = listenForStop(giveUp);
    const { runQuickstart } = await import('./quickstart-command.ts');
    process.exitCode = await runQuickstart(config, example, stop);
  });
addStudyCommands(program, commandWorld());
addCampaignCommands(program, commandWorld());
addPresetCommands(program, commandWorld());
addWorkerCommand(program, commandWorld());
addKeyCommands(program, commandWorld(), async (request, stop) => {
  const config = loadConfig(process.env);
  const { makeLocalKey } = await import('./local-keys.ts');
  return makeLocalKey(config, request, stop);
});
addProjectCommands(program, commandWorld());
addAuditCommand(program, commandWorld());
addWebhookCommands(program, commandWorld());
program
  .command('migrate')
  .description('apply the migrations to the database and exit')
  .action(async () => {
    const config = loadConfig(process.env);
    const stop = listenForStop(giveUp);
    const { migrateOnly } = await import('./service-command.ts');
    await migrateOnly(config, stop);
  });
program
  .command('openapi')
  .description('print the OpenAPI document')
  .action(async () => {
    const { renderOpenApi } = await import('./http/openapi.ts');
    process.stdout.write(await renderOpenApi());
  });

// A closed output (`| head`, a closed terminal) must not end the process in the middle of its work.
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

/** The tools of commands that call a service: results go to standard output, everything else to standard error. */
function commandWorld(): CommandWorld {
  return {
    connect: (options, { outlivesStop }) => {
      const { url, key, project } = { ...clientSettings(), ...options };
      const stop = listenForStop(giveUp).asked;
      const screen = { stream: process.stderr, plainLineSeconds: 5 };
      const connection = { baseUrl: url, key: key ?? undefined, project: project ?? undefined, fetch: proxiedFetch(process.env) };
      const client = createClient({ ...connection, signal: outlivesStop ? undefined : stop });
      return { client, url, environment: process.env, out: process.stdout, screen, input: process.stdin, stop };
    },
    setExitCode: (code) => {
      process.exitCode = code;
    },
  };
}

function clientSettings(): { url: string; key: string | null; project: string | null } {
  const { url, key, project } = loadConfig(process.env);
  return { url, key, project };
}

/** Runs parts of the service until a signal stops it. @throws ConfigError when a setting is wrong or missing, and the errors of `runService` */
async function run(roles: Roles): Promise<void> {
  const config = loadConfig(process.env);
  if (!(roles.api && roles.runner) && config.databaseUrl === null) {
    throw new ConfigError(
      `DATABASE_URL is not set, and ${roles.verb} shares a database with other processes: set it, or run serve, which starts a database of its own`,
    );
  }
  const stop = listenForStop(giveUp);
  const { runService } = await import('./service-command.ts');
  await runService(roles, { config, environment: process.env, stop });
}

/** Ends the process at once, when a graceful shutdown does not finish. The next start finds what is left and recovers. */
function giveUp(): void {
  process.stderr.write('clavier: graceful shutdown timed out; exiting now; the next start recovers\n');
  process.exit(1);
}

/** Prints one line for an error of the environment, and the whole error, with its stack, for a bug. */
function report(error: unknown): void {
  const isOf = (kinds: readonly (new (...args: never[]) => Error)[]): boolean => kinds.some((kind) => error instanceof kind);
  const inBrief = error instanceof Error && (isOf(startFaults) || isOf(lateFaults));
  const words = error instanceof Error ? ((inBrief ? null : error.stack) ?? error.message) : String(error);
  process.stderr.write(`clavier: ${words}\n`);
  process.exitCode = isOf(startFaults) ? 2 : 1;
}

function settingsHelp(): string {
  const width = Math.max(...configSettings.map(({ name }) => name.length));
  const indent = ' '.repeat(width + 4);
  return [
    '',
    'Settings (environment variables):',
    ...configSettings.flatMap(({ name, meaning, defaultValue }) => {
      const words = `${meaning} Default: ${defaultValue}.`.split(' ');
      const [first = '', ...rest] = wrapped(words, process.stdout.columns ?? Number.POSITIVE_INFINITY, indent);
      return [`  ${name.padEnd(width)}  ${first.trimStart()}`, ...rest];
    }),
    '',
    'OpenTelemetry: serve, api and runner send traces and log lines to OTEL_EXPORTER_OTLP_ENDPOINT, if it is set. These are read as well:',
    ...telemetryNames.map((name) => `  ${name}`),
  ].join('\n');
}
