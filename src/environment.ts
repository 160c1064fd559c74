import { isIP } from 'node:net';
import { resolve } from 'node:path';
import { z } from 'zod';
import { projectNamePattern } from './access/project.ts';
import { isAddressRange } from './shared/address-ranges.ts';
import { networkOf } from './webhooks/networks.ts';

const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
export type LogLevel = (typeof logLevels)[number];

/** One setting, for the help text and the documentation. `defaultValue` is a description where there is no fixed value. */
export interface Setting {
  readonly name: string;
  readonly defaultValue: string;
  readonly meaning: string;
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
export const environmentSchema = z.object({
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

/** The values of the settings, checked; those that are not set and have no default are absent. */
export type Environment = z.output<typeof environmentSchema>;

/** Every setting with its default and meaning, in the order of the documentation. */
export const configSettings: readonly Setting[] = Object.entries(environmentSchema.shape).map(([name, schema]) => {
  const meta = schema.meta();
  return { name, defaultValue: String(meta?.shown), meaning: String(meta?.description) };
});

function isPostgresUrl(text: string): boolean {
  return /^postgres(ql)?:\/\//.test(text) && URL.canParse(text);
}

function inRange(value: number, low: number, high: number): boolean {
  return value >= low && value <= high;
}
