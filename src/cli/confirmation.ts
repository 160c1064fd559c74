import { createInterface } from 'node:readline';
import { UsageError } from './exit-codes.ts';
import type { CommandTools } from './tools.ts';

/**
 * Asks a question on the terminal and reads a line. Only `y` and `yes` agree.
 *
 * @throws UsageError if the input is no terminal; the stop signal's reason on Ctrl-C
 */
export async function confirmed({ input, screen, stop }: CommandTools, question: string): Promise<boolean> {
  if (!input.isTTY)
    throw new UsageError('nothing was deleted: the input is not a terminal to ask on; add --yes to delete without a question');
  screen.stream.write(question);
  const lines = createInterface({ input, terminal: false, signal: stop });
  try {
    for await (const line of lines) return /^y(es)?$/i.test(line.trim());
    screen.stream.write('\n');
    stop.throwIfAborted();
    return false;
  } finally {
    lines.close();
  }
}
