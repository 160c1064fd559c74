import { randomInt } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import type { FastifyInstance } from 'fastify';
import type { Readiness } from './api/service.ts';
import type { Config } from './config.ts';
import { type AppContext, openContext } from './context.ts';
import { buildApp } from './http/app.ts';
import type { Logger } from './log.ts';
import { type Runner, startRunner } from './runner/runner.ts';
import { version } from './version.ts';

/** Which parts of the service a process runs. */
export interface Roles {
  readonly api: boolean;
  readonly runner: boolean;
}

/** A running service. Disposing it is a drain. */
export interface Service extends AsyncDisposable {
  /** Where the API listens; null without one. */
  readonly url: string | null;
  /** Stops in order: running epochs finish and are saved (`now: true`: they are given up), then everything closes. */
  drain(options?: { readonly now?: boolean }): Promise<void>;
}

/** Starts the parts of the service that a process shall run, in the order in which they need each other. */
export async function startService(config: Config, log: Logger, roles: Roles): Promise<Service> {
  const verb = roles.api && roles.runner ? 'serve' : roles.api ? 'api' : 'runner';
  const context = await openContext(config, log, { verb, ownsDataFolder: verb === 'serve', connections: roles.api ? 20 : 5 });
  try {
    const app = roles.api ? await listen(context) : null;
    const runner = roles.runner ? startRunner(await context.runnerWorld(), context.runnerSettings) : null;
    if (runner) log.info({ slots: config.slots }, `training on ${config.slots} ${config.slots === 1 ? 'slot' : 'slots'}`);
    return serviceOf(context, app, runner);
  } catch (error) {
    await context[Symbol.asyncDispose]();
    throw error;
  }
}

function serviceOf(context: AppContext, app: FastifyInstance | null, runner: Runner | null): Service {
  let closed: Promise<void> | null = null;
  const close = async (drained: Promise<void> | undefined): Promise<void> => {
    await drained;
    await app?.close();
    await context[Symbol.asyncDispose]();
  };
  const drain: Service['drain'] = (options) => {
    const drained = runner?.drain(options);
    closed ??= close(drained);
    return closed;
  };
  return { url: app && urlOf(app), drain, [Symbol.asyncDispose]: () => drain() };
}

async function listen(context: AppContext): Promise<FastifyInstance> {
  const { config, transactions, reader } = context;
  const app = await buildApp({
    transactions,
    reader,
    version,
    logger: context.log,
    drawSeed: () => randomInt(2 ** 47),
    readiness: () => readiness(context),
  });
  await app.listen({ host: config.host, port: config.port });
  return app;
}

/** The migrations were applied before anything listened: a database that answers has them. */
async function readiness(context: AppContext): Promise<Readiness> {
  try {
    const live = await context.liveRunners();
    return {
      ready: true,
      checks: { database: { ok: true, detail: 'it answers' }, migrations: { ok: true, detail: 'all are applied' }, runners: { live } },
    };
  } catch (error) {
    context.log.warn({ err: error }, 'the database does not answer');
    const unknown = { ok: false, detail: 'the database does not answer' };
    return { ready: false, checks: { database: unknown, migrations: unknown, runners: { live: 0 } } };
  }
}

function urlOf(app: FastifyInstance): string {
  const { address, family, port } = app.server.address() as AddressInfo; // it listens on TCP, never on a pipe
  const anywhere = address === '0.0.0.0' || address === '::';
  const host = anywhere ? 'localhost' : family === 'IPv6' ? `[${address}]` : address;
  return `http://${host}:${port}`;
}
