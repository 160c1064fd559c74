import { ROOT_CONTEXT, trace } from '@opentelemetry/api';
import type { LoggerProvider } from '@opentelemetry/sdk-logs';
import { listen } from '../shared/telemetry.ts';

type Logger = ReturnType<LoggerProvider['getLogger']>;
type LogAttributes = Record<string, string | number | boolean>;

/** Severity numbers of OpenTelemetry for the levels of the log. */
const severities: Readonly<Record<string, readonly [number, string]>> = {
  '10': [1, 'TRACE'],
  '20': [5, 'DEBUG'],
  '30': [9, 'INFO'],
  '40': [13, 'WARN'],
  '50': [17, 'ERROR'],
  '60': [21, 'FATAL'],
};

/** Members of a line that are no attributes: a record has them in another place, or its resource has. */
const elsewhere: readonly string[] = ['level', 'time', 'msg', 'pid', 'hostname', 'trace_id', 'span_id', 'trace_flags'];

/** Sends each line of the log as a record. @returns the function that ends it */
export function logRecords(logger: Logger): () => void {
  return listen('line', ({ text }) => {
    const line = parsed(text);
    if (!line) return;
    const [severityNumber, severityText] = severities[String(line['level'])] ?? [0, ''];
    logger.emit({
      timestamp: Number(line['time']),
      severityNumber,
      severityText,
      body: String(line['msg'] ?? ''),
      attributes: attributesOf(line),
      context: contextOf(line),
    });
  });
}

/** Null for a line that was cut so that it is no object any more: a secret may be a part of a number. The log has it all the same. */
function parsed(text: string): Readonly<Record<string, unknown>> | null {
  try {
    return JSON.parse(text) as Readonly<Record<string, unknown>>; // the log writes one object a line
  } catch {
    return null;
  }
}

function contextOf({ trace_id: traceId, span_id: spanId, trace_flags: traceFlags }: Readonly<Record<string, unknown>>) {
  if (typeof traceId !== 'string' || typeof spanId !== 'string') return ROOT_CONTEXT;
  return trace.setSpanContext(ROOT_CONTEXT, { traceId, spanId, traceFlags: Number(traceFlags) });
}

function attributesOf(line: Readonly<Record<string, unknown>>): LogAttributes {
  const attributes: LogAttributes = {};
  for (const [name, value] of Object.entries(line)) {
    if (elsewhere.includes(name)) continue;
    if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') attributes[name] = value;
  }
  return { ...attributes, ...exceptionOf(line['err']) };
}

function exceptionOf(fault: unknown): LogAttributes {
  if (typeof fault !== 'object' || fault === null) return {};
  const { type, message, stack } = fault as Readonly<Record<string, unknown>>;
  const named = { 'exception.type': type, 'exception.message': message, 'exception.stacktrace': stack };
  return Object.fromEntries(Object.entries(named).flatMap(([name, value]) => (typeof value === 'string' ? [[name, value]] : [])));
}
