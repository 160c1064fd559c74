import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { z } from 'zod';
import { KeptRuns, type RunKind } from '../../../bench/support/kept-runs.ts';

const folder = mkdtempSync(join(tmpdir(), 'clavier-kept-runs-'));
afterAll(() => rmSync(folder, { recursive: true }));

interface Run {
  readonly seed: number;
  readonly value: number;
}
const kind: RunKind<Run, Pick<Run, 'seed'>> = {
  schema: z.strictObject({ seed: z.number(), value: z.number() }),
  keyOf: ({ seed }) => String(seed),
};
const open = (file: string | undefined) => new KeptRuns(kind, file);

function fileWith(name: string, text: string): string {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
}

test('a run that was added is found by a later process, and the file has a line for each', () => {
  const file = join(folder, 'later.jsonl');
  const first = open(file);
  expect(first.find({ seed: 1 })).toBeUndefined();
  first.add({ seed: 1, value: 0.5 });
  open(file).add({ seed: 2, value: 0.25 });
  expect(open(file).find({ seed: 1 })).toEqual({ seed: 1, value: 0.5 });
  expect(open(file).find({ seed: 2 })).toEqual({ seed: 2, value: 0.25 });
  expect(readFileSync(file, 'utf8')).toBe('{"seed":1,"value":0.5}\n{"seed":2,"value":0.25}\n');
});

test('without a file, a run is found while the process lives', () => {
  const runs = open(undefined);
  runs.add({ seed: 1, value: 0.5 });
  expect(runs.find({ seed: 1 })).toEqual({ seed: 1, value: 0.5 });
  expect(open(undefined).find({ seed: 1 })).toBeUndefined();
});

test.each([
  ['in the middle', '{"seed":1,"value":0.5}\n{"seed":2,"val'],
  ['before its line end', '{"seed":1,"value":0.5}\n{"seed":2,"value":0.25}'],
])('a last line that was cut off %s is dropped, and its run is added again in its place', (where, text) => {
  const file = fileWith(`cut-${where.replaceAll(' ', '-')}.jsonl`, text);
  const runs = open(file);
  expect(runs.find({ seed: 2 })).toBeUndefined();
  runs.add({ seed: 2, value: 0.25 });
  expect(readFileSync(file, 'utf8')).toBe('{"seed":1,"value":0.5}\n{"seed":2,"value":0.25}\n');
});

test.each([
  ['a text', 'notes of mine', 1],
  ['another document', '{"seed":1,"value":0.5}\n{"seed":2}\n', 2],
  ['a line that is cut off before the last one', '{"seed":1,"val\n{"seed":2,"value":0.25}\n', 1],
])('a file that has something else in it is refused by line and left as it is: %s', (title, text, line) => {
  const file = fileWith(title.replaceAll(' ', '-'), text);
  expect(() => open(file)).toThrow(`line ${line} of ${file} is no run of this bench`);
  expect(readFileSync(file, 'utf8')).toBe(text);
});
