import { createWriteStream } from 'node:fs';
import { pino } from 'pino';
import { PinoPretty } from 'pino-pretty';
import type { LogLevel } from './config.ts';

/** Writes lines for the operator: JSON, or readable text on a terminal. */
export type Logger = pino.Logger;

/**
 * Makes the log of a process.
 *
 * @param destination where it goes: standard output, or a file that is appended to
 */
export function createLog(level: LogLevel, destination: { readonly file: string } | 'stdout'): Logger {
  const base = { pid: process.pid };
  if (destination !== 'stdout') return pino({ level, base }, createWriteStream(destination.file, { flags: 'a' }));
  if (!process.stdout.isTTY) return pino({ level, base });
  return pino({ level, base: null }, PinoPretty({ ignore: 'pid,hostname', translateTime: 'SYS:HH:MM:ss', sync: true }));
}
