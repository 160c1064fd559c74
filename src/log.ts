import { createWriteStream } from 'node:fs';
import { type DestinationStream, pino } from 'pino';
import { PinoPretty } from 'pino-pretty';
import type { LogLevel } from './config.ts';

/** Writes lines for the operator: JSON, or readable text on a terminal. */
export type Logger = pino.Logger;

/**
 * Makes the log of a process. A destination that fails (a full disk, a closed terminal) ends the log, never the process.
 *
 * @param destination where it goes: standard output, or a file that is appended to
 * @param onFault hears once, in one line, that the file cannot be written
 */
export function createLog(
  level: LogLevel,
  destination: { readonly file: string } | 'stdout',
  onFault: (text: string) => void = () => undefined,
): Logger {
  const base = { pid: process.pid };
  if (destination !== 'stdout') return pino({ level, base }, fileStream(destination.file, onFault));
  if (!process.stdout.isTTY) return pino({ level, base }, standardOutput());
  return pino(
    { level, base: null },
    PinoPretty({ ignore: 'pid,hostname', translateTime: 'SYS:HH:MM:ss', sync: true, destination: standardOutput() }),
  );
}

function fileStream(file: string, onFault: (text: string) => void): DestinationStream {
  const stream = createWriteStream(file, { flags: 'a' });
  // A stream that failed is closed and drops what else is written: there is one error.
  stream.on('error', (error) => onFault(`the log cannot be written, and ends here: ${error.message}`));
  return stream;
}

/** Pino takes care of a closed pipe; a terminal that is closed (EIO) would end the process in the middle of stopping. */
function standardOutput(): DestinationStream {
  const stream = pino.destination({ fd: 1, sync: true });
  stream.on('error', () => undefined);
  return stream;
}
