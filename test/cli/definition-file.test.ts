import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readDefinition } from '../../src/cli/definition-file.ts';
import { UsageError } from '../../src/cli/exit-codes.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'clavier-definition-'));
});
afterAll(() => rm(folder, { recursive: true }));

const { signal } = new AbortController();
const piped = (text: string) => ({ input: Readable.from([text]), stop: signal });
async function read(text: string): Promise<Record<string, unknown>> {
  const file = join(folder, 'definition.json');
  await writeFile(file, text);
  return readDefinition(file, piped('{"from": "the pipe"}'));
}

describe('a definition', () => {
  test('is the JSON object of the file that is named', async () => {
    expect(await read('{"name": "é", "seed": 3}')).toEqual({ name: 'é', seed: 3 });
  });

  test('is what is piped in where the file is called -', async () => {
    expect(await readDefinition('-', piped('{"preset": "landscape"}\n'))).toEqual({ preset: 'landscape' });
  });

  test('that is not JSON is refused by name', async () => {
    await expect(read('{name: 1}')).rejects.toThrow(UsageError);
    await expect(read('{name: 1}')).rejects.toThrow(/definition\.json is not JSON: ./);
    await expect(readDefinition('-', piped(''))).rejects.toThrow(/^standard input is not JSON: ./);
  });

  test.each(['[]', 'null', '3', '"name"'])('that is %s is refused: it must be an object', async (text) => {
    await expect(read(text)).rejects.toThrow(/definition\.json must contain a JSON object/);
  });

  test('whose file cannot be read is refused with the reason', async () => {
    const missing = join(folder, 'missing.json');
    await expect(readDefinition(missing, piped(''))).rejects.toThrow(UsageError);
    await expect(readDefinition(missing, piped(''))).rejects.toThrow(/^cannot read .+missing\.json: ENOENT/);
  });

  test('that never comes to its end is no longer waited for once the command is stopped', async () => {
    const stop = new AbortController();
    const waiting = readDefinition('-', { input: new PassThrough(), stop: stop.signal });
    stop.abort();
    await expect(waiting).rejects.toThrow(/abort/i);
  });
});
