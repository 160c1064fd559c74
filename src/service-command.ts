import { type Config, forgetSecrets } from './config.ts';
import { openContext } from './context.ts';
import { coreDumpAdvice, keepOutOfCoreDumps } from './core-dumps.ts';
import { createLog, type Logger } from './log.ts';
import { type Roles, startService } from './service.ts';
import { type StopRequests, whenAborted } from './signals.ts';
import { loadTelemetry } from './telemetry-settings.ts';
import type { Tracing } from './tracing/open-tracing.ts';
import type { TelemetrySettings } from './tracing/settings.ts';
import { version } from './version.ts';
import { withService } from './with-service.ts';

/** The input of `runService` beside the parts to run. */
interface ServiceCommand {
  readonly config: Config;
  /** The variables of the process. The secrets among them are forgotten. */
  readonly environment: NodeJS.ProcessEnv;
  readonly stop: StopRequests;
}

/**
 * Runs parts of the service until a signal stops it.
 *
 * @throws ConfigError when a setting of OpenTelemetry is wrong, and the errors of starting and stopping
 */
export async function runService(roles: Roles, { config, environment, stop }: ServiceCommand): Promise<void> {
  const telemetry = loadTelemetry(environment);
  const log = createLog(config, 'stdout');
  await using tracing = telemetry && (await traceTo(telemetry, log));
  forgetSecrets(environment);
  if (!keepOutOfCoreDumps()) log.info(coreDumpAdvice);
  const life = { start: () => startService(config, log, roles, { stop: stop.asked, tracing }), stop, log };
  await withService(life, async ({ broken }) => {
    await whenAborted(stop.asked);
    if (!broken.aborted) log.info('stopping: running steps finish and are saved; signal again to abandon them');
  });
  log.info('stopped');
}

/** Loads what sends traces and log lines, which reads its own variables before the secrets among them are forgotten. */
async function traceTo(settings: TelemetrySettings, log: Logger): Promise<Tracing> {
  const { openTracing } = await import('./tracing/open-tracing.ts');
  const text = 'traces and log lines cannot be sent to the collector of OpenTelemetry; what it misses is lost, and all else goes on';
  return openTracing(settings, { version, warn: (error) => log.warn({ err: error }, text) });
}

/** Applies the migrations to the database. @throws errors of the environment as `openContext` does */
export async function migrateOnly(config: Config, stop: StopRequests): Promise<void> {
  const context = await openContext(config, createLog(config, 'stdout'), {
    verb: 'migrate',
    ownsDataFolder: config.databaseUrl === null,
    stop: stop.asked,
  });
  await context[Symbol.asyncDispose]();
}
