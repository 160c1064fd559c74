import { PassThrough } from 'node:stream';
import type { Screen } from '../../src/cli/study-progress.ts';

/** Somewhere to write whose text can be read. @param terminal whether it can redraw lines. @param rows how many it has */
export function screen({ terminal = false, plainLineSeconds = 0, rows = 50 } = {}): Screen & { text(): string } {
  const stream = Object.assign(new PassThrough(), { isTTY: terminal, columns: 200, rows });
  let text = '';
  stream.setEncoding('utf8').on('data', (more: string) => {
    text += more;
  });
  return { stream, plainLineSeconds, text: () => text };
}
