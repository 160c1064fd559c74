import { createWriteStream } from 'node:fs';
import { type DestinationStream, pino } from 'pino';
import { PinoPretty } from 'pino-pretty';
import type { LogLevel } from './config.ts';

/** Writes lines for the operator: JSON, or readable text on a terminal. */
export type Logger = pino.Logger;

/**
 * Creates the log of a process. A destination that fails (a full disk, a closed terminal) ends the log, never the process.
 *
 * @param destination a standard stream, or a file to append to
 * @param onFault called once, with one line of text, when the file cannot be written
 */
export function createLog(
  level: LogLevel,
  destination: { readonly file: string } | 'stdout' | 'stderr',
  onFault: (text: string) => void = () => undefined,
): Logger {
  const base = { pid: process.pid };
  if (typeof destination === 'object') return pino({ level, base }, fileStream(destination.file, onFault));
  if (!process[destination].isTTY) return pino({ level, base }, standardStream(destination));
  return pino(
    { level, base: null },
    PinoPretty({ ignore: 'pid,hostname', translateTime: 'SYS:HH:MM:ss', sync: true, destination: standardStream(destination) }),
  );
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
