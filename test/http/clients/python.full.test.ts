import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createTestDatabase } from '../../store/database.ts';
import { eventually } from '../../support/eventually.ts';
import { startTestService, type TestService } from '../service.ts';

const folder = resolve(import.meta.dirname, '../../../clients/python');
const readme = readFileSync(resolve(folder, 'README.md'), 'utf8');
const examples = [...readme.matchAll(/^```python\n([\s\S]*?)^```$/gm)].map(([, text]) => text);
/** The printed lines that the README shows. */
const seeded = /^```text\n([\s\S]*?)^```$/m.exec(readme)?.[1];

let service: TestService;
let address: string;
beforeAll(async () => {
  service = await startTestService();
  address = await service.app.listen({ host: '127.0.0.1', port: 0 });
});
afterAll(() => service[Symbol.asyncDispose]());

/** Evaluates trials while the service restarts; prints the state, the number of results, and of failed attempts. */
const restarted = `
import time, clavier

def objective(trial):
    time.sleep(0.05)
    return trial["x"]

study = clavier.Client().create_study(
    name="restarted",
    search_space=[{"type": "float", "name": "x", "low": 0, "high": 1}],
    metrics=[{"name": "loss", "direction": "minimize"}],
    sampler={"type": "random"},
    budget={"trials": 60},
)
study.optimize(objective, n_jobs=3, lease_seconds=5)
trials = list(study.trials("completed"))
print(study.state, len(trials), sum(trial.data["failures"] for trial in trials))
`;

/** Runs Python with the client of this checkout. @throws with its output if it fails or warns */
async function python(url: string, ...args: string[]): Promise<{ stdout: string; stderr: string }> {
  const env = { ...process.env, CLAVIER_URL: url, PYTHONPATH: 'src', PYTHONDONTWRITEBYTECODE: '1' };
  return promisify(execFile)('python3', ['-W', 'error', ...args], { cwd: folder, env });
}

it("the examples of the Python client's README run as printed", async () => {
  expect(examples).toHaveLength(5);
  const printed = await Promise.all(examples.map(async (program = '') => python(address, '-c', program)));
  expect(printed).toEqual([
    { stdout: expect.stringMatching(/^completed \d+ [\d.]+ \{'x': -?[\d.e-]+\}\n$/), stderr: '' },
    { stdout: expect.stringMatching(/^completed \[[\d.]+, [\d.]+, [\d.]+\]\n$/), stderr: '' },
    { stdout: 'completed 13 21\n', stderr: '' },
    { stdout: seeded, stderr: '' },
    { stdout: 'ended completed completed\n', stderr: '' },
  ]);
});

it('a restart of the service loses no result of the Python client', async () => {
  await using database = await createTestDatabase();
  const shared = { url: database.url, [Symbol.asyncDispose]: async () => undefined };
  await using before = await startTestService({}, shared);
  await using after = await startTestService({}, shared);
  const first = await before.app.listen({ host: '127.0.0.1', port: 0 });
  const finished = python(first, '-W', 'ignore', '-c', restarted);
  await eventually(async () => {
    expect((await after.get('/v1/studies')).json().items).toMatchObject([
      { progress: { finished: expect.toSatisfy((count) => count > 4) } },
    ]);
  });
  before.app.server.closeAllConnections();
  await before.app.close();
  await delay(500); // a request meets the closed port
  await after.app.listen({ host: '127.0.0.1', port: Number(new URL(first).port) });
  expect(await finished).toEqual({ stdout: 'completed 60 0\n', stderr: expect.stringContaining('and is tried again') });
});

it('the Python client agrees with the service in every case', async () => {
  const { stderr } = await python(address, '-m', 'unittest', 'tests.real_service', 'tests.real_studies');
  expect(stderr).toMatch(/^Ran 21 tests in .*\n\nOK\n$/m);
});
