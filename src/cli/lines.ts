import type { Readable } from 'node:stream';

/** Longest line that is kept in one piece: a program that never ends its line must not fill the memory. */
const longestLine = 1_000_000;

/** Calls `take` with each line of a stream, without its end, until the stream closes. A progress bar ends its lines with a carriage return. */
export async function readLines(stream: Readable, take: (line: string) => void): Promise<void> {
  let rest = '';
  stream.setEncoding('utf8');
  stream.on('data', (chunk: string) => {
    const lines = (rest + chunk).split(/\r?\n|\r(?!$)/);
    rest = lines.pop() ?? '';
    for (const line of lines) take(line);
    if (rest.length > longestLine) {
      take(rest);
      rest = '';
    }
  });
  await new Promise((resolve) => stream.once('close', resolve));
  if (rest !== '') take(rest.replace(/\r$/, ''));
}
