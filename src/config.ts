import { type Environment, environmentSchema, type LogLevel } from './environment.ts';
import { type MachineLimits, machineLimits, usableCores } from './machine-limits.ts';
import { isServiceLink } from './service-links.ts';
import { nearestName } from './shared/suggestion.ts';
import { slotsFor } from './slots.ts';
import type { Network } from './webhooks/networks.ts';

/** The validated settings. Folders and files are absolute paths. */
export interface Config {
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  /** Names that the API answers to beside its own, `*` for any; null: not configured. */
  readonly allowedHosts: readonly string[] | null;
  /** Addresses and ranges (`10.0.0.0/8`) of the proxies whose word about clients is taken; null: none. */
  readonly trustedProxies: readonly string[] | null;
  /** Origin under which clients reach the service, without a trailing slash; null: that of each request. */
  readonly publicUrl: string | null;
  /** Origins whose pages may call the API; null: none. */
  readonly corsOrigins: readonly string[] | null;
  /** Requests a minute that each process answers to a key, or to an address without one; 0: any number. */
  readonly rateLimit: number;
  /** Most streams of events that each API process sends at a time to one key, or to one address without a key; 0: any number. */
  readonly streamLimit: number;
  /** Port of the metrics of a process that is only a runner, 0: any free one; null: it has none. */
  readonly metricsPort: number | null;
  /** null: the embedded PostgreSQL under the data folder. */
  readonly databaseUrl: string | null;
  readonly dataFolder: string;
  /** null: the archive is downloaded when a study first needs it. */
  readonly imdbArchive: string | null;
  /** Number of concurrent trainings. */
  readonly slots: number;
  /** The reason for that number, for the log. */
  readonly slotsReason: string;
  readonly trainerMemoryMb: number;
  /** Whole cores that this process can keep busy. */
  readonly cores: number;
  /** Total size of step checkpoints above which the oldest ones kept only for reuse are deleted. */
  readonly artifactMb: number;
  /** Days for which events are kept for those that read them. */
  readonly eventDays: number;
  /** Networks beside the public ones to which webhooks may be sent. */
  readonly webhookTargets: readonly Network[];
  readonly logLevel: LogLevel;
  readonly leaseSeconds: number;
  readonly heartbeatSeconds: number;
  readonly sweepSeconds: number;
  readonly stallSeconds: number;
  /** Address of the service that the commands over the API call; `key` is their bearer token. */
  readonly url: string;
  readonly key: string | null;
  /** Project in which those commands act; null: that of the key. */
  readonly project: string | null;
}

/** The environment is invalid. The message is one line that names each wrong variable and the allowed values. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/**
 * Reads the configuration from an environment. An empty value counts as not set, because compose files write unset
 * variables so. The variables that Kubernetes sets for a Service named `clavier` or `clavier-<something>` count as not set either.
 *
 * @param defaults a command's own defaults, used in place of the documented ones, and the limits of the machine
 * @throws ConfigError that names all wrong values and every unknown CLAVIER_ name in one line
 */
export function loadConfig(env: NodeJS.ProcessEnv, defaults: { readonly port?: number; readonly limits?: MachineLimits } = {}): Config {
  const set = Object.fromEntries(Object.entries(env).filter(([name, value]) => value && !isServiceLink(name, value)));
  if (defaults.port !== undefined) set['CLAVIER_PORT'] ??= String(defaults.port);
  const faults = unknownNames(set);
  const parsed = environmentSchema.safeParse(set);
  if (!parsed.success) faults.push(...parsed.error.issues.map((issue) => fault(String(issue.path[0]), set, issue.message)));
  if (parsed.success) faults.push(...contradictions(parsed.data));
  if (faults.length > 0 || !parsed.success) throw new ConfigError(faults.join('; '));
  return toConfig(parsed.data, defaults.limits ?? machineLimits());
}

function toConfig(values: Environment, limits: MachineLimits): Config {
  const slots = slotsFor(limits, { slots: values.CLAVIER_SLOTS, trainerMemoryMb: values.CLAVIER_TRAINER_MEMORY_MB });
  return Object.freeze({
    host: values.CLAVIER_HOST,
    port: values.CLAVIER_PORT,
    allowedHosts: values.CLAVIER_ALLOWED_HOSTS ?? null,
    trustedProxies: values.CLAVIER_TRUSTED_PROXIES ?? null,
    publicUrl: values.CLAVIER_PUBLIC_URL ?? null,
    corsOrigins: values.CLAVIER_CORS_ORIGINS ?? null,
    rateLimit: values.CLAVIER_RATE_LIMIT,
    streamLimit: values.CLAVIER_STREAM_LIMIT,
    metricsPort: values.CLAVIER_METRICS_PORT ?? null,
    databaseUrl: values.DATABASE_URL ?? null,
    dataFolder: values.CLAVIER_DATA_DIR,
    imdbArchive: values.CLAVIER_IMDB_ARCHIVE ?? null,
    slots: slots.count,
    slotsReason: slots.reason,
    trainerMemoryMb: slots.trainerMemoryMb,
    cores: usableCores(limits),
    artifactMb: values.CLAVIER_ARTIFACT_MB,
    eventDays: values.CLAVIER_EVENT_DAYS,
    webhookTargets: values.CLAVIER_WEBHOOK_PRIVATE_TARGETS ?? [],
    logLevel: values.CLAVIER_LOG_LEVEL,
    leaseSeconds: values.CLAVIER_LEASE_SECONDS,
    heartbeatSeconds: values.CLAVIER_HEARTBEAT_SECONDS,
    sweepSeconds: values.CLAVIER_SWEEP_SECONDS,
    stallSeconds: values.CLAVIER_STALL_SECONDS,
    url: values.CLAVIER_URL,
    key: values.CLAVIER_KEY ?? null,
    project: values.CLAVIER_PROJECT ?? null,
  });
}

/** Settings that are secrets, or contain one. */
const secretNames: readonly string[] = [
  ...['DATABASE_URL', 'CLAVIER_KEY'],
  ...['OTEL_EXPORTER_OTLP_ENDPOINT', 'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT', 'OTEL_EXPORTER_OTLP_LOGS_ENDPOINT'],
  ...['OTEL_EXPORTER_OTLP_HEADERS', 'OTEL_EXPORTER_OTLP_TRACES_HEADERS', 'OTEL_EXPORTER_OTLP_LOGS_HEADERS'],
];

/** Removes the secrets from an environment that was read, so that child processes and diagnostic reports do not have them. */
export function forgetSecrets(env: NodeJS.ProcessEnv): void {
  for (const name of secretNames) delete env[name];
}

function contradictions(values: Environment): string[] {
  if (values.CLAVIER_HEARTBEAT_SECONDS * 2 < values.CLAVIER_LEASE_SECONDS) return [];
  const [heartbeat, lease] = [values.CLAVIER_HEARTBEAT_SECONDS, values.CLAVIER_LEASE_SECONDS];
  return [`CLAVIER_HEARTBEAT_SECONDS is ${heartbeat}; it must be less than half of CLAVIER_LEASE_SECONDS, which is ${lease}`];
}

/** Describes a wrong value. An address may contain a password and a key is one, so neither is repeated: the text may be logged. */
function fault(name: string, set: NodeJS.ProcessEnv, allowed: string): string {
  const value = secretNames.includes(name) ? 'wrong' : JSON.stringify(set[name]);
  return `${name} is ${value}; it must be ${allowed}`;
}

/** Start of the name of every setting but DATABASE_URL. */
const prefix = 'CLAVIER_';

function unknownNames(set: NodeJS.ProcessEnv): string[] {
  const known = Object.keys(environmentSchema.shape);
  const ours = known.filter((name) => name.startsWith(prefix)).map((name) => name.slice(prefix.length));
  const unknown = Object.keys(set).filter((name) => name.startsWith(prefix) && !known.includes(name));
  return unknown.map((name) => {
    const meant = nearestName(name.slice(prefix.length), ours);
    const hint = meant === null ? '' : `; did you mean ${prefix}${meant}?`;
    return `${JSON.stringify(name).slice(1, -1)} is not a setting of Clavier${hint}`;
  });
}
