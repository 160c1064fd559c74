import { randomInt } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { representFeedEvent } from './api/feed-event.ts';
import type { Readiness } from './api/service.ts';
import { closeAll } from './close-all.ts';
import type { Config } from './config.ts';
import { type AppContext, openContext } from './context.ts';
import { keepHeapSmall } from './heap.ts';
import { buildApp } from './http/app.ts';
import { buildRunnerApp } from './http/runner-app.ts';
import type { Logger } from './log.ts';
import { openMetrics } from './metrics/metrics.ts';
import { startSweeps } from './runner/api-sweeps.ts';
import { type Runner, startRunner } from './runner/runner.ts';
import { counted } from './shared/counted.ts';
import { isDatabaseUnreachable } from './shared/database-unreachable.ts';
import { isReachable, listenFault, refuseWithoutKey } from './start-faults.ts';
import type { Tracing } from './tracing/open-tracing.ts';
import { version } from './version.ts';
import { startWebhooks, type Webhooks } from './webhooks/service.ts';

/** The parts of the service that a process runs, and its command, which is shown to a process that finds the data folder locked. */
export interface Roles {
  readonly verb: string;
  readonly api: boolean;
  readonly runner: boolean;
}

/** A running service. */
export interface Service {
  /** Address that the API listens on; null without an API. */
  readonly url: string | null;
  /** Aborted, with an error that says why, when the service cannot continue because its embedded database or its data folder is lost. */
  readonly broken: AbortSignal;
  /**
   * Stops gracefully: running steps finish and are saved (`now: true`: they are abandoned, as are open requests), then
   * everything is closed.
   *
   * @throws StopError when a part failed to close; the others were still closed
   */
  drain(options?: { readonly now?: boolean }): Promise<void>;
}

/**
 * Starts the parts of the service that a process runs, in the order of their dependencies.
 *
 * @param options `stop`: when it is aborted, the start ends between two steps and throws the signal's reason; `tracing`: of this process
 * @throws StartError when the port cannot be used; whatever `openContext` throws
 */
export async function startService(
  config: Config,
  log: Logger,
  roles: Roles,
  { stop, tracing = null }: { readonly stop: AbortSignal; readonly tracing?: Tracing | null },
): Promise<Service> {
  if (roles.api) keepHeapSmall();
  const context = await openContext(config, log, { verb: roles.verb, ownsDataFolder: roles.api && roles.runner, stop });
  const closing = [() => context[Symbol.asyncDispose]()];
  if (tracing) closing.unshift(() => tracing.endLooks());
  tracing?.lookUpWith(context.traceOf);
  try {
    const showsMetrics = !roles.api && config.metricsPort !== null;
    if (roles.api || showsMetrics) await refuseWithoutKey(config, context.access);
    const world = roles.runner ? await context.runnerWorld() : null;
    if (world) closing.unshift(() => world.registration.unregister());
    stop.throwIfAborted();
    const app = roles.api ? await listen(context, roles) : null;
    if (app) closing.unshift(() => app.close());
    const metricsApp = showsMetrics ? await listenForMetrics(context) : null;
    if (metricsApp) closing.unshift(() => metricsApp.close());
    if (app) await sayIfOpen(context);
    if (app) warnOfShortKey(context);
    const sweeps = app && !world ? startSweeps(context.apiSweepWorld, context.runnerSettings) : null;
    const runner = world && startRunner(world, context.runnerSettings);
    if (runner) log.info({ slots: config.slots }, `training on ${counted(config.slots, 'slot')} (${config.slotsReason})`);
    return serviceOf(context, { app, metricsApp, runner, sweeps, tracing });
  } catch (error) {
    await closeAll(closing).catch((fault: unknown) =>
      log.error({ err: fault }, 'start failed, and some parts that had started could not be stopped'),
    );
    throw error;
  }
}

/** The parts that a process runs. */
interface Parts {
  readonly app: FastifyInstance | null;
  /** That of a process that is only a runner. */
  readonly metricsApp: FastifyInstance | null;
  readonly runner: Runner | null;
  /** Those of a process without a runner. */
  readonly sweeps: AsyncDisposable | null;
  readonly tracing: Pick<Tracing, 'endLooks'> | null;
}

function serviceOf(context: AppContext, { app, metricsApp, runner, sweeps, tracing }: Parts): Service {
  let closed: Promise<void> | null = null;
  const drain: Service['drain'] = (options) => {
    const drained = runner?.drain(options);
    if (options?.now) for (const one of [app, metricsApp]) one?.server.closeAllConnections();
    closed ??= closeAll([
      () => drained,
      () => app?.close(),
      () => metricsApp?.close(),
      () => sweeps?.[Symbol.asyncDispose](),
      () => tracing?.endLooks(),
      () => context[Symbol.asyncDispose](),
    ]);
    return closed;
  };
  return { url: app && urlOf(app), broken: context.broken, drain };
}

/** Connections that may wait to be taken: after a restart thousands of streams are opened again at once. The kernel may allow fewer. */
const backlog = 4096;

async function listen(context: AppContext, { runner }: Roles): Promise<FastifyInstance> {
  const { config, transactions, access, metricSources, reader, planner, fronts, asking, feed, runnersFor } = context;
  const metrics = openMetrics({ ...metricSources, ...(runner && { slots: config.slots }) }, version);
  const webhooks = sendWebhooks(context);
  const app = await buildApp({
    transactions,
    access,
    metrics,
    reader,
    planner,
    fronts,
    asking,
    feed,
    streamLimits: { mostOfOne: config.streamLimit },
    webhooks: { store: context.webhooks.store, allowed: config.webhookTargets, wake: webhooks.wake },
    runnersFor,
    version,
    logger: context.log,
    hosts: { own: config.host, allowed: config.allowedHosts },
    ...(config.key !== null && { key: config.key }),
    isLocal: !isReachable(config),
    exposure: {
      requestsPerMinute: config.rateLimit,
      trustedProxies: config.trustedProxies ?? [],
      publicUrl: config.publicUrl,
      corsOrigins: config.corsOrigins ?? [],
    },
    drawSeed: () => randomInt(2 ** 47),
    readiness: () => readiness(context),
  });
  app.addHook('onClose', async () => {
    await webhooks[Symbol.asyncDispose]();
    metrics[Symbol.dispose]();
  });
  try {
    // Fastify logs a line for each address that it listens on.
    const listenTextResolver = (address: string): string => `listening on ${address}; documentation at ${address}/docs`;
    await app.listen({ host: config.host, port: config.port, backlog, listenTextResolver });
  } catch (error) {
    await app.close();
    throw listenFault(error, config);
  }
  return app;
}

/** Serves the metrics and the health of a process that is only a runner. */
async function listenForMetrics({ config, log, access, metricSources }: AppContext): Promise<FastifyInstance> {
  const metrics = openMetrics({ ...metricSources, slots: config.slots }, version);
  const app = await buildRunnerApp({
    ...{ access, metrics, version, logger: log, isLocal: !isReachable(config) },
    hosts: { own: config.host, allowed: config.allowedHosts },
    ...(config.key !== null && { key: config.key }),
  });
  app.addHook('onClose', async () => metrics[Symbol.dispose]());
  const port = config.metricsPort ?? 0;
  try {
    await app.listen({ host: config.host, port, listenTextResolver: (address) => `metrics at ${address}/metrics` });
  } catch (error) {
    await app.close();
    throw listenFault(error, { host: config.host, port, setting: 'CLAVIER_METRICS_PORT' });
  }
  return app;
}

/** Begins to send the events of the database to webhooks, beside other processes that do so. */
function sendWebhooks({ config, feed, webhooks: { queue }, log }: AppContext): Webhooks {
  const world = { queue, feed, represent: representFeedEvent, version, log, isAway: isDatabaseUnreachable, random: Math.random };
  return startWebhooks(world, { allowed: config.webhookTargets, keptDays: config.eventDays });
}

/** Says so if the service answers without a key, and how to change that. The service has started: a database that goes now ends nothing. */
async function sayIfOpen({ config, access, log }: AppContext): Promise<void> {
  const hasKeys = isReachable(config) || (await access.hasKeys().catch(unlessUnreachable(log)));
  if (hasKeys) return;
  log.info(
    'open: every program of this machine may use the API without a key, until the first key is made: clavier key create operator --scopes admin --all-projects',
  );
}

/** Takes it that there are keys while the database is unreachable. @throws other errors */
function unlessUnreachable(log: AppContext['log']): (error: unknown) => true {
  return (error) => {
    if (!isDatabaseUnreachable(error)) throw error;
    log.warn({ err: error }, 'the database went away while it was asked whether there are keys');
    return true;
  };
}

/** Characters of a key that nobody guesses, even if it is words. */
const longKey = 20;

function warnOfShortKey({ config, log }: AppContext): void {
  if (config.key === null || config.key.length >= longKey || !isReachable(config)) return;
  log.warn(`CLAVIER_KEY has only ${config.key.length} characters and could be guessed: set it to the output of "openssl rand -hex 32"`);
}

/** The migrations are applied before the API listens, so a database that answers has them. */
async function readiness(context: AppContext): Promise<Readiness> {
  try {
    const live = await context.liveRunners();
    return {
      ready: true,
      checks: { database: { ok: true, detail: 'answers' }, migrations: { ok: true, detail: 'all applied' }, runners: { live } },
    };
  } catch (error) {
    context.log.warn({ err: error }, 'readiness check failed: the database does not answer');
    const unknown = { ok: false, detail: 'the database does not answer' };
    return { ready: false, checks: { database: unknown, migrations: unknown, runners: { live: 0 } } };
  }
}

function urlOf(app: FastifyInstance): string {
  const { address, family, port } = app.server.address() as AddressInfo; // the server listens on TCP, never on a pipe
  const anywhere = address === '0.0.0.0' || address === '::';
  const host = anywhere ? 'localhost' : family === 'IPv6' ? `[${address}]` : address;
  return `http://${host}:${port}`;
}
