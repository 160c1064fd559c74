import { open } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { withPath } from '../../../src/store/files/system-error.ts';

it('an error of a file handle gets the path of its file', async () => {
  await using handle = await open('/dev/null', 'r');
  const error = await handle.writeFile('text').catch((fault: unknown) => withPath(fault, '/data/file'));
  expect(error).toMatchObject({ code: 'EBADF', path: '/data/file', message: expect.stringMatching(/^EBADF: .+ '\/data\/file'$/) });
});

it('an error that names a path keeps it, and any other value is unchanged', () => {
  const named = Object.assign(new Error('refused'), { path: '/elsewhere' });
  expect(withPath(named, '/data/file')).toBe(named);
  expect(named.path).toBe('/elsewhere');
  expect(withPath('a text', '/data/file')).toBe('a text');
});
