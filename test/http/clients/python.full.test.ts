import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startTestService, type TestService } from '../service.ts';

const folder = resolve(import.meta.dirname, '../../../clients/python');
const examples = [...readFileSync(resolve(folder, 'README.md'), 'utf8').matchAll(/^```python\n([\s\S]*?)^```$/gm)].map(([, text]) => text);

let service: TestService;
let address: string;
beforeAll(async () => {
  service = await startTestService();
  address = await service.app.listen({ host: '127.0.0.1', port: 0 });
});
afterAll(() => service[Symbol.asyncDispose]());

/** Runs Python with the client of this checkout. @throws with its output if it fails or warns */
async function python(...args: string[]): Promise<{ stdout: string; stderr: string }> {
  const env = { ...process.env, CLAVIER_URL: address, PYTHONPATH: 'src', PYTHONDONTWRITEBYTECODE: '1' };
  return promisify(execFile)('python3', ['-W', 'error', ...args], { cwd: folder, env });
}

it("the examples of the Python client's README run as printed", async () => {
  expect(examples).toHaveLength(2);
  const printed = await Promise.all(examples.map(async (program = '') => python('-c', program)));
  expect(printed).toEqual([
    { stdout: expect.stringMatching(/^completed \d+ [\d.]+ \{'x': -?[\d.e-]+\}\n$/), stderr: '' },
    { stdout: expect.stringMatching(/^completed \[[\d.]+, [\d.]+, [\d.]+\]\n$/), stderr: '' },
  ]);
});

it('the Python client agrees with the service in every case', async () => {
  const { stderr } = await python('-m', 'unittest', 'tests.real_service');
  expect(stderr).toMatch(/^Ran 7 tests in .*\n\nOK\n$/m);
});
