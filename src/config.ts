import { isIP } from 'node:net';
import { resolve } from 'node:path';
import { z } from 'zod';
import { projectNamePattern } from './access/project.ts';
import { type MachineLimits, machineLimits, usableCores } from './machine-limits.ts';
import { isServiceLink } from './service-links.ts';
import { isAddressRange } from './shared/address-ranges.ts';
import { nearestName } from './shared/suggestion.ts';
import { slotsFor } from './slots.ts';
import { type Network, networkOf } from './webhooks/networks.ts';

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

const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
export type LogLevel = (typeof logLevels)[number];

/** One setting, for the help text and the documentation. `defaultValue` is a description where there is no fixed value. */
export interface Setting {
  readonly name: string;
  readonly defaultValue: string;
  readonly meaning: string;
}

/** The environment is invalid. The message is one line that names each wrong variable and the allowed values. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

const wholeNumber = (low: number, high: number) =>
  z
    .string()
    .refine((text) => /^\d{1,9}$/.test(text) && inRange(Number(text), low, high), { error: `a whole number from ${low} to ${high}` })
    .transform(Number);

const seconds = (low: number, high: number) =>
  z
    .string()
    .refine((text) => /^\d{1,9}(\.\d{1,6})?$/.test(text) && inRange(Number(text), low, high), {
      error: `a number of seconds from ${low} to ${high}`,
    })
    .transform(Number);

const hostNames = z
  .string()
  .transform((text) => text.split(',').map((name) => name.trim().toLowerCase()))
  .refine((names) => names.every((name) => /^(\*|(\*\.)?[a-z0-9_]([a-z0-9._-]{0,251}[a-z0-9])?)$/.test(name)), {
    error: 'host names without ports, separated by commas, such as tuning.example, *.internal',
  });

const origin = (text: string): boolean => /^https?:\/\//.test(text) && URL.canParse(text) && new URL(text).origin === text.toLowerCase();
const listed = (text: string): string[] => text.split(',').map((item) => item.trim());
const networkList = z.string().transform((text, { addIssue }) => {
  const networks = text.split(',').map((part) => networkOf(part.trim()));
  if (networks.includes(null)) addIssue('networks or addresses, separated by commas, such as 10.0.0.0/8, 127.0.0.1');
  return networks.filter((network) => network !== null);
});

const path = z.string().transform((text) => resolve(text));

/** The schema of the environment: name, check, default (as it would be written) and meaning of every setting. */
const environmentSchema = z.object({
  CLAVIER_HOST: z
    .string()
    .refine((text) => isIP(text) !== 0 || /^[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?$/.test(text), {
      error: 'a host name or an IP address, without a port',
    })
    .prefault('127.0.0.1')
    .meta({ shown: '127.0.0.1', description: 'Address that the service listens on; 0.0.0.0 means every interface.' }),
  CLAVIER_PORT: wholeNumber(0, 65_535)
    .prefault('8080')
    .meta({ shown: '8080', description: 'Port that the service listens on; 0 takes any free port.' }),
  CLAVIER_ALLOWED_HOSTS: hostNames.optional().meta({
    shown: 'none',
    description: 'Host names to answer to (a.example, *.b); unset: localhost alone on loopback, otherwise any.',
  }),
  CLAVIER_TRUSTED_PROXIES: z
    .string()
    .transform(listed)
    .refine((ranges) => ranges.every(isAddressRange), {
      error: 'IP addresses and ranges separated by commas, such as 127.0.0.1, 10.0.0.0/8',
    })
    .optional()
    .meta({
      shown: 'none',
      description:
        'Addresses and ranges of reverse proxies whose X-Forwarded-For, X-Forwarded-Host and Clavier-Person are believed (127.0.0.1, 10.0.0.0/8). A service with it or with CLAVIER_PUBLIC_URL always wants a key.',
    }),
  CLAVIER_PUBLIC_URL: z
    .string()
    .transform((text) => text.replace(/\/$/, ''))
    .refine(origin, { error: 'an origin without a path, such as https://tuning.example' })
    .transform((text) => text.toLowerCase())
    .optional()
    .meta({ shown: 'none', description: 'Origin under which clients reach the service through a proxy, such as https://tuning.example.' }),
  CLAVIER_CORS_ORIGINS: z
    .string()
    .transform(listed)
    .refine((origins) => origins.every(origin), { error: 'origins separated by commas, such as https://app.example' })
    .transform((origins) => origins.map((text) => text.toLowerCase()))
    .optional()
    .meta({
      shown: 'none',
      description: 'Origins whose pages may call the API from a browser (https://app.example), separated by commas.',
    }),
  CLAVIER_RATE_LIMIT: wholeNumber(0, 100_000_000).prefault('300000').meta({
    shown: '300000',
    description:
      'Requests a minute that each API process answers to one key, or to one address without a key; 0 means any number. Wrong keys have a limit of their own.',
  }),
  CLAVIER_STREAM_LIMIT: wholeNumber(0, 5000).prefault('2000').meta({
    shown: '2000',
    description:
      'Streams of events that each API process sends at a time to one key, or to one address without a key; 0 means as many as it sends to all, 5000.',
  }),
  CLAVIER_METRICS_PORT: wholeNumber(0, 65_535).optional().meta({
    shown: 'none',
    description: 'Port on which a process that is only a runner serves /metrics and /healthz, under the rules of keys of the API.',
  }),
  DATABASE_URL: z
    .string()
    .refine(isPostgresUrl, { error: 'a PostgreSQL address such as postgresql://user:password@host:5432/database' })
    .optional()
    .meta({
      shown: 'embedded',
      description: 'Address of the PostgreSQL to use. Without it, the service runs its own under the data folder.',
    }),
  CLAVIER_DATA_DIR: path
    .prefault('.clavier')
    .meta({ shown: '.clavier', description: 'Folder for the embedded database, prepared datasets and step checkpoints.' }),
  CLAVIER_IMDB_ARCHIVE: path
    .optional()
    .meta({ shown: 'downloaded', description: 'Path of aclImdb_v1.tar.gz, if it is already on this machine.' }),
  CLAVIER_SLOTS: wholeNumber(1, 256).optional().meta({
    shown: 'number of cores, or what CPU quota and memory limit allow',
    description: 'Number of concurrent trainings, each on one core.',
  }),
  CLAVIER_TRAINER_MEMORY_MB: wholeNumber(256, 1_048_576).optional().meta({
    shown: '2048, or what the memory limit allows',
    description: 'Resident memory (MiB) above which a trainer is stopped and its attempt is charged.',
  }),
  CLAVIER_ARTIFACT_MB: wholeNumber(1, 100_000_000).prefault('10240').meta({
    shown: '10240',
    description: 'Total size (MiB) of step checkpoints above which the oldest ones kept only for reuse are deleted.',
  }),
  CLAVIER_EVENT_DAYS: wholeNumber(1, 3650).prefault('7').meta({
    shown: '7',
    description: 'Days for which events are kept for streams and webhooks. The log of a study is kept as long as the study.',
  }),
  CLAVIER_WEBHOOK_PRIVATE_TARGETS: networkList.optional().meta({
    shown: 'none',
    description: 'Networks beside the public ones to which webhooks may be sent, such as 10.0.0.0/8, 127.0.0.1.',
  }),
  CLAVIER_LOG_LEVEL: z
    .enum(logLevels, { error: `one of ${logLevels.join(', ')}` })
    .prefault('info')
    .meta({ shown: 'info', description: `Least severe level that is logged: ${logLevels.join(', ')}.` }),
  CLAVIER_LEASE_SECONDS: seconds(0.5, 86_400)
    .prefault('15')
    .meta({ shown: '15', description: 'Seconds that a claim on a trial stays valid without a heartbeat.' }),
  CLAVIER_HEARTBEAT_SECONDS: seconds(0.1, 3600)
    .prefault('3')
    .meta({ shown: '3', description: 'Seconds between heartbeats. Must be less than half the lease, so that one heartbeat may be lost.' }),
  CLAVIER_SWEEP_SECONDS: seconds(0.1, 3600)
    .prefault('3')
    .meta({ shown: '3', description: 'Seconds between checks for expired leases and for studies that can advance.' }),
  CLAVIER_STALL_SECONDS: seconds(1, 86_400)
    .prefault('300')
    .meta({ shown: '300', description: 'Seconds without a reported step after which a trainer is stopped and its attempt is charged.' }),
  CLAVIER_URL: z
    .string()
    .refine((text) => /^https?:\/\//.test(text) && URL.canParse(text), { error: 'an address such as http://127.0.0.1:8080' })
    .prefault('http://127.0.0.1:8080')
    .meta({ shown: 'http://127.0.0.1:8080', description: 'Address of the service that the study and campaign commands call.' }),
  CLAVIER_KEY: z
    .string()
    .regex(/^[\x21-\x7e]+$/, { error: 'letters, digits and punctuation without spaces' })
    .optional()
    .meta({
      shown: 'none',
      description:
        "Key that commands send as a bearer token. For a service: the operator's key, with every right in every project. A service on an address that is not loopback does not start without it or an admin key.",
    }),
  CLAVIER_PROJECT: z
    .string()
    .regex(projectNamePattern, { error: 'a name of lower-case letters, digits and hyphens, such as vision' })
    .optional()
    .meta({ shown: 'that of the key', description: 'Project in which commands act, for a key of all projects.' }),
});

type Environment = z.output<typeof environmentSchema>;

/** Every setting with its default and meaning, in the order of the documentation. */
export const configSettings: readonly Setting[] = Object.entries(environmentSchema.shape).map(([name, schema]) => {
  const meta = schema.meta();
  return { name, defaultValue: String(meta?.shown), meaning: String(meta?.description) };
});

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

function isPostgresUrl(text: string): boolean {
  return /^postgres(ql)?:\/\//.test(text) && URL.canParse(text);
}

function inRange(value: number, low: number, high: number): boolean {
  return value >= low && value <= high;
}
