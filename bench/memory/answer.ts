import { type EventEmitter, once } from 'node:events';
import { z } from 'zod';
import type { MemoryResult } from './process.ts';

const resultSchema = z.object({ peak: z.number(), kept: z.number() });

/**
 * Waits until a process has ended, and returns its result.
 *
 * @throws Error if it ended without one: with its exit code, or the signal that killed it
 */
export async function answerOf(child: EventEmitter): Promise<MemoryResult> {
  let answer: unknown;
  child.once('message', (message) => {
    answer = message;
  });
  // A message may arrive after the exit, but not after the channel is closed.
  const [[code, signal]] = await Promise.all([once(child, 'exit'), once(child, 'disconnect')]);
  if (answer === undefined) throw new Error(`a measured process ended with ${signal ?? `exit code ${code}`}, without a result`);
  return resultSchema.parse(answer);
}
