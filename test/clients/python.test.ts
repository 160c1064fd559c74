import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const folder = resolve(import.meta.dirname, '../../clients/python');

it('the tests of the Python client pass', async () => {
  const args = ['-W', 'error', '-m', 'unittest', 'discover', '-t', '.', '-s', 'tests'];
  const env = { ...process.env, PYTHONPATH: 'src', PYTHONDONTWRITEBYTECODE: '1' };
  const { stderr } = await promisify(execFile)('python3', args, { cwd: folder, env }); // a failure throws its output
  expect(stderr).toMatch(/^Ran [1-9]\d+ tests in .*\n\nOK\n$/m);
});
