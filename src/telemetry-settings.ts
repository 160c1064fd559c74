import { z } from 'zod';
import { ConfigError } from './config.ts';
import { protocols, type SamplerSettings, type SignalSettings, type TelemetrySettings } from './tracing/settings.ts';

const samplers = [
  ...['always_on', 'always_off', 'traceidratio'],
  ...['parentbased_always_on', 'parentbased_always_off', 'parentbased_traceidratio'],
] as const;

const address = z.string().refine((text) => /^https?:\/\//.test(text) && URL.canParse(text), {
  error: 'an address such as http://127.0.0.1:4318',
});
const protocol = z.enum(protocols, { error: `one of ${protocols.join(', ')}` });
const exporter = z.enum(['otlp', 'none'], { error: 'otlp or none' });
const milliseconds = z
  .string()
  .regex(/^[1-9]\d{0,6}$/, { error: 'a number of milliseconds, from 1 to 9999999' })
  .transform(Number);

const environmentSchema = z.object({
  OTEL_SDK_DISABLED: z
    .string()
    .toLowerCase()
    .pipe(z.enum(['true', 'false'], { error: 'true or false' }))
    .optional(),
  OTEL_EXPORTER_OTLP_ENDPOINT: address.optional(),
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: address.optional(),
  OTEL_EXPORTER_OTLP_LOGS_ENDPOINT: address.optional(),
  OTEL_EXPORTER_OTLP_PROTOCOL: protocol.optional(),
  OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: protocol.optional(),
  OTEL_EXPORTER_OTLP_LOGS_PROTOCOL: protocol.optional(),
  OTEL_EXPORTER_OTLP_TIMEOUT: milliseconds.optional(),
  OTEL_TRACES_EXPORTER: exporter.optional(),
  OTEL_LOGS_EXPORTER: exporter.optional(),
  OTEL_BSP_SCHEDULE_DELAY: milliseconds.optional(),
  OTEL_BLRP_SCHEDULE_DELAY: milliseconds.optional(),
  OTEL_TRACES_SAMPLER: z.enum(samplers as readonly [string, ...string[]], { error: `one of ${samplers.join(', ')}` }).optional(),
  OTEL_TRACES_SAMPLER_ARG: z
    .string()
    .regex(/^(0(\.\d{1,9})?|1(\.0{1,9})?)$/, { error: 'a number from 0 to 1, such as 0.1' })
    .transform(Number)
    .optional(),
});

type Environment = z.output<typeof environmentSchema>;

/** Variables that the packages of OpenTelemetry read themselves. */
const readByPackages = ['OTEL_SERVICE_NAME', 'OTEL_RESOURCE_ATTRIBUTES', 'OTEL_EXPORTER_OTLP_HEADERS', 'OTEL_EXPORTER_OTLP_COMPRESSION'];

/** Names of all variables of OpenTelemetry that have an effect, for the help text. */
export const telemetryNames: readonly string[] = [...Object.keys(environmentSchema.shape), ...readByPackages];

/**
 * Reads the settings of OpenTelemetry from an environment. An empty value counts as not set.
 *
 * @returns null if nothing is to be sent: no address of a collector is set, or all is switched off
 * @throws ConfigError that names all wrong values in one line
 */
export function loadTelemetry(env: NodeJS.ProcessEnv): TelemetrySettings | null {
  const set = Object.fromEntries(Object.entries(env).filter(([, value]) => value));
  if (set['OTEL_SDK_DISABLED']?.toLowerCase() === 'true') return null;
  const parsed = environmentSchema.safeParse(set);
  if (!parsed.success) {
    const faults = parsed.error.issues.map(({ path: [name], message }) => faultOf(String(name), set, message));
    throw new ConfigError(faults.join('; '));
  }
  const [traces, logs] = [signalOf('TRACES', parsed.data), signalOf('LOGS', parsed.data)];
  if (!traces && !logs) return null;
  return { traces, logs, sampler: samplerOf(parsed.data), timeoutMs: parsed.data.OTEL_EXPORTER_OTLP_TIMEOUT ?? 5000 };
}

function signalOf(signal: 'TRACES' | 'LOGS', values: Environment): SignalSettings | null {
  const wanted = values[`OTEL_${signal}_EXPORTER`];
  const endpoint = values[`OTEL_EXPORTER_OTLP_${signal}_ENDPOINT`] ?? values.OTEL_EXPORTER_OTLP_ENDPOINT;
  if (wanted === 'none' || (wanted === undefined && endpoint === undefined)) return null;
  const delayMs = signal === 'TRACES' ? (values.OTEL_BSP_SCHEDULE_DELAY ?? 5000) : (values.OTEL_BLRP_SCHEDULE_DELAY ?? 1000);
  return { protocol: values[`OTEL_EXPORTER_OTLP_${signal}_PROTOCOL`] ?? values.OTEL_EXPORTER_OTLP_PROTOCOL ?? 'http/protobuf', delayMs };
}

function samplerOf({
  OTEL_TRACES_SAMPLER: name = 'parentbased_always_on',
  OTEL_TRACES_SAMPLER_ARG: ratio = 1,
}: Environment): SamplerSettings {
  const kind = name.replace('parentbased_', '');
  return { share: kind === 'always_on' ? 1 : kind === 'always_off' ? 0 : ratio, parentBased: name.startsWith('parentbased_') };
}

/** An address may contain a password: it is not repeated. */
function faultOf(name: string, set: NodeJS.ProcessEnv, allowed: string): string {
  const value = name.endsWith('_ENDPOINT') ? 'wrong' : JSON.stringify(set[name]);
  return `${name} is ${value}; it must be ${allowed}`;
}
