import { execFile } from 'node:child_process';
import { lstat, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { writeOutputLines } from '../../src/cli/output-file.ts';

async function* lines(count: number, fault: Error | null = null): AsyncGenerator<string> {
  for (let line = 0; line < count; line += 1) yield `line ${line}`;
  if (fault) throw fault;
}

describe('lines written to a file', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'clavier-output-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  test('replace its content once all are written, and leave nothing else behind', async () => {
    await writeFile(join(folder, 'file'), 'before');
    await writeOutputLines(join(folder, 'file'), lines(2));
    expect(await readFile(join(folder, 'file'), 'utf8')).toBe('line 0\nline 1\n');
    expect(await readdir(folder)).toEqual(['file']);
  });

  test('leave it as it was where they end with an error', async () => {
    await writeFile(join(folder, 'file'), 'before');
    await expect(writeOutputLines(join(folder, 'file'), lines(2, new Error('cut off')))).rejects.toThrow('cut off');
    expect(await readFile(join(folder, 'file'), 'utf8')).toBe('before');
    expect(await readdir(folder)).toEqual(['file']);
  });

  test('go through a link, which stays one', async () => {
    await writeFile(join(folder, 'file'), 'before');
    await symlink(join(folder, 'file'), join(folder, 'link'));
    await writeOutputLines(join(folder, 'link'), lines(1));
    expect((await lstat(join(folder, 'link'))).isSymbolicLink()).toBe(true);
    expect(await readFile(join(folder, 'file'), 'utf8')).toBe('line 0\n');
  });

  test('go into a pipe, which stays one', async () => {
    const pipe = join(folder, 'pipe');
    await promisify(execFile)('mkfifo', [pipe]);
    const [text] = await Promise.all([readFile(pipe, 'utf8'), writeOutputLines(pipe, lines(3))]);
    expect(text).toBe('line 0\nline 1\nline 2\n');
    expect((await lstat(pipe)).isFIFO()).toBe(true);
  });

  test('name the file that cannot be written', async () => {
    await expect(writeOutputLines(join(folder, 'none', 'file'), lines(1))).rejects.toThrow(`cannot write ${join(folder, 'none', 'file')}:`);
  });
});
