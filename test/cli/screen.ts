import { PassThrough } from 'node:stream';
import type { Screen } from '../../src/cli/study-progress.ts';

/** Somewhere to write whose text can be read. @param terminal whether it can redraw a line */
export function screen({ terminal = false, plainLineSeconds = 0 } = {}): Screen & { text(): string } {
  const stream = Object.assign(new PassThrough(), { isTTY: terminal, columns: 200 });
  let text = '';
  stream.setEncoding('utf8').on('data', (more: string) => {
    text += more;
  });
  return { stream, plainLineSeconds, text: () => text };
}
