import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { readLines } from '../../src/cli/lines.ts';

async function linesOf(...chunks: readonly (string | Buffer)[]): Promise<string[]> {
  const stream = new PassThrough();
  const lines: string[] = [];
  const read = readLines(stream, (line) => lines.push(line));
  for (const chunk of chunks) {
    stream.write(chunk);
    await new Promise(setImmediate);
  }
  stream.end();
  await read;
  return lines;
}

test.each([
  [['a\nb\n'], ['a', 'b']],
  [
    ['a', 'b\n\nc'],
    ['ab', '', 'c'],
  ],
  [
    ['a\r', '\nb\r\n'],
    ['a', 'b'],
  ],
  [['10%\r20%\r30%\n'], ['10%', '20%', '30%']],
  [['50%\r'], ['50%']],
  [[Buffer.from([0xc3]), Buffer.from([0xa9, 0x0a])], ['é']],
  [[], []],
])('%j are the lines %j', async (chunks, lines) => {
  expect(await linesOf(...chunks)).toEqual(lines);
});

test('a line without an end is taken in pieces', async () => {
  const lines = await linesOf(...Array.from({ length: 25 }, () => 'x'.repeat(100_000)));
  expect(lines.length).toBeGreaterThan(1);
  expect(lines.join('')).toHaveLength(2_500_000);
});
