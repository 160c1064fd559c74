import { EventEmitter, once } from 'node:events';
import type { FastifyBaseLogger } from 'fastify';

interface Entry {
  readonly level: string;
  readonly text: string;
}

/** A logger that keeps what it is told. `next` waits for an entry. */
export function recordingLogger() {
  const logged: Entry[] = [];
  const entries = new EventEmitter();
  const record =
    (level: string) =>
    (...parts: unknown[]): void => {
      const text = JSON.stringify(parts, (_key, value) => (value instanceof Error ? value.message : value));
      logged.push({ level, text });
      entries.emit('entry');
    };
  const logger: FastifyBaseLogger = {
    level: 'debug',
    silent: record('silent'),
    fatal: record('fatal'),
    error: record('error'),
    warn: record('warn'),
    info: record('info'),
    debug: record('debug'),
    trace: record('trace'),
    child: () => logger,
  };
  const next = async (matches: (entry: Entry) => boolean): Promise<void> => {
    while (!logged.some(matches)) await once(entries, 'entry');
  };
  return { logger, logged, next };
}
