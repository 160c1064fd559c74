import { createWriteStream } from 'node:fs';
import { type DestinationStream, type LoggerOptions, pino } from 'pino';
import { PinoPretty } from 'pino-pretty';
import { redaction, secretsOfAddress } from './access/redaction.ts';
import type { Config } from './config.ts';
import { tell } from './shared/telemetry.ts';
import { currentTrace } from './shared/work.ts';

/** Writes lines for the operator: JSON, or readable text on a terminal. */
export type Logger = pino.Logger;

/**
 * Creates the log of a process. A destination that fails (a full disk, a closed terminal) ends the log, never the process. Secrets are cut
 * from every line: an error of a library may repeat what it was given. Lines of traced work name their place in the trace.
 *
 * @param destination a standard stream, or a file to append to
 * @param onFault called once, with one line of text, when the file cannot be written
 */
export function createLog(
  { logLevel: level, key, databaseUrl }: Pick<Config, 'logLevel' | 'key' | 'databaseUrl'>,
  destination: { readonly file: string } | 'stdout' | 'stderr',
  onFault: (text: string) => void = () => undefined,
): Logger {
  const base = { pid: process.pid };
  const withoutSecrets = redaction(key, ...secretsOfAddress(databaseUrl));
  const streamWrite = (line: string): string => {
    const text = withoutSecrets(line);
    tell('line', { text });
    return text;
  };
  const options: LoggerOptions = { level, mixin: placeInTrace, hooks: { streamWrite } };
  if (typeof destination === 'object') return pino({ ...options, base }, fileStream(destination.file, onFault));
  if (!process[destination].isTTY) return pino({ ...options, base }, standardStream(destination));
  return pino(
    { ...options, base: null },
    PinoPretty({ ignore: 'pid,hostname', translateTime: 'SYS:HH:MM:ss', sync: true, destination: standardStream(destination) }),
  );
}

/** Members of a line that is written during traced work, by the names that collectors of logs know. */
function placeInTrace(): object {
  const point = currentTrace();
  return point === null ? {} : { trace_id: point.traceId, span_id: point.spanId, trace_flags: point.traceFlags };
}

function fileStream(file: string, onFault: (text: string) => void): DestinationStream {
  const stream = createWriteStream(file, { flags: 'a' });
  // A failed stream is closed and drops later lines, so there is only one error.
  stream.on('error', (error) => onFault(`the log cannot be written, and ends here: ${error.message}`));
  return stream;
}

/** Pino handles a closed pipe. Without this handler, a closed terminal (EIO) would end the process while it stops. */
function standardStream(name: 'stdout' | 'stderr'): DestinationStream {
  const stream = pino.destination({ fd: name === 'stdout' ? 1 : 2, sync: true });
  stream.on('error', () => undefined);
  return stream;
}
