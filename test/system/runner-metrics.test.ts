import { expect, test } from 'vitest';
import { createTestDatabase } from '../store/database.ts';
import { temporaryFolder } from '../store/temporary-folder.ts';
import { eventually } from '../support/eventually.ts';
import { completed, postStudy, startProcess } from './service-process.ts';
import { knownStudy } from './studies.ts';

const address = (output: string): string | undefined => /metrics at (http:\/\/[^"\s]+)\/metrics/.exec(output)?.[1];

test('a process that is only a runner shows its slots, claims, steps and evaluations', async () => {
  await using database = await createTestDatabase();
  await using folder = await temporaryFolder();
  const settings = { DATABASE_URL: database.url, CLAVIER_DATA_DIR: folder.path, CLAVIER_SLOTS: '2', CLAVIER_METRICS_PORT: '0' };
  await using api = startProcess(['api'], settings);
  await using runner = startProcess(['runner'], settings);
  const url = await api.url();
  await eventually(() => address(runner.output()) !== undefined, { until: 'the runner says where its metrics are' });
  expect(address(api.output())).toBeUndefined();
  const own = address(runner.output()) ?? '';
  expect(await (await fetch(`${own}/healthz`)).json()).toMatchObject({ status: 'ok' });
  await completed(url, await postStudy(url, { ...knownStudy, objective: { ...knownStudy.objective, steps: 3 } }));
  const shown = async () => (await (await fetch(`${own}/metrics`)).text()).split('\n');
  const wanted = [
    'clavier_up 1',
    'clavier_runner_slots{state="busy"} 0',
    'clavier_runner_slots{state="idle"} 2',
    'clavier_claims_total{objective="test-function"} 10',
    'clavier_evaluations_total{objective="test-function",outcome="completed"} 10',
    'clavier_runner_steps_total{origin="trained"} 30',
    'clavier_leases_lost_total 0',
  ];
  await eventually(async () => (await shown()).includes('clavier_runner_slots{state="busy"} 0'), { until: 'both slots are idle' });
  expect(await shown()).toEqual(expect.arrayContaining(wanted));
  expect((await fetch(`${own}/v1/studies`)).status).toBe(404);
  // With a key in the service, the metrics need one of all projects; the health needs none.
  const made = await fetch(`${url}/v1/keys`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'first', scopes: ['admin'], project: null }),
  });
  const { secret } = (await made.json()) as { secret: string };
  await eventually(async () => (await fetch(`${own}/metrics`)).status === 401, { until: 'the runner knows that there is a key' });
  expect((await fetch(`${own}/metrics`, { headers: { authorization: `Bearer ${secret}` } })).status).toBe(200);
  expect((await fetch(`${own}/healthz`)).status).toBe(200);
  runner.signal('SIGTERM');
  expect(await runner.exited, runner.output()).toBe(0);
});

test('a runner that others reach does not show its metrics without a key in the service', async () => {
  await using database = await createTestDatabase();
  await using folder = await temporaryFolder();
  const settings = { DATABASE_URL: database.url, CLAVIER_DATA_DIR: folder.path, CLAVIER_METRICS_PORT: '0', CLAVIER_HOST: '0.0.0.0' };
  await using runner = startProcess(['runner'], settings);
  expect(await runner.exited, runner.output()).toBe(2);
  await runner.closed;
  expect(runner.output()).toContain('CLAVIER_HOST is 0.0.0.0, which others can reach, and there is no key');
});
