import { resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { type Program, startProgram } from './program.ts';
import { startWorkerService, type WorkerService, workerStudy } from './workers.ts';

const examples = resolve(import.meta.dirname, '../../examples');

let service: WorkerService;
beforeAll(async () => {
  service = await startWorkerService();
});
afterAll(() => service[Symbol.asyncDispose]());

test('search.sh creates a study, evaluates it by curl alone, and ends with it', async () => {
  using script = startProgram(['sh', `${examples}/shell/search.sh`], { CLAVIER_URL: service.url });
  expect(await script.exited, script.output()).toBe(0);
  const [, id = ''] = /study (\S+) has ended\n$/.exec(script.output()) ?? [];
  const study = await service.client.getStudy(id);
  expect(study).toMatchObject({ name: 'by curl', state: 'completed', trials: { completed: 20, failed: 0 } });
  const lines = script.output().match(/^trial \d+: completed, loss \d\S*$/gm);
  expect(lines).toHaveLength(20);
  expect(lines).toContain(`trial ${study.best?.number}: completed, loss ${study.best?.value}`);
});

test('front.sh creates a study with two metrics and a limit, evaluates it by curl alone, and prints its front', async () => {
  using script = startProgram(['sh', `${examples}/shell/front.sh`, '12'], { CLAVIER_URL: service.url });
  expect(await script.exited, script.output()).toBe(0);
  const [study] = await all(service.client.listStudies({ name: 'accurate and fast' }));
  expect(study).toMatchObject({ state: 'completed', progress: { finished: 12 } });
  const front = await service.client.front(study?.id ?? '', { limit: 200, reference: [0.2, 150] });
  expect(front.size).toBeGreaterThan(0);
  expect(JSON.parse(script.output())).toEqual(front);
});

test('several search.sh share a study', async () => {
  const { x, y } = { x: { type: 'float', name: 'x', low: -5, high: 5 }, y: { type: 'float', name: 'y', low: -5, high: 5 } } as const;
  const { id } = await service.client.createStudy(workerStudy({ searchSpace: [x, y], budget: { trials: 12 } }));
  const start = () => startProgram(['sh', `${examples}/shell/search.sh`, id], { CLAVIER_URL: service.url });
  using one = start();
  using two = start();
  expect([await one.exited, await two.exited], one.output() + two.output()).toEqual([0, 0]);
  expect(await service.client.getStudy(id)).toMatchObject({ state: 'completed', trials: { completed: 12 } });
});

test('search.sh ends with an error if there is no such study', async () => {
  using script = startProgram(['sh', `${examples}/shell/search.sh`, '01900000-0000-7000-8000-000000000001'], { CLAVIER_URL: service.url });
  expect(await script.exited).not.toBe(0);
  expect(script.output()).toContain('study-not-found');
});

async function all<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const found: Item[] = [];
  for await (const item of items) found.push(item);
  return found;
}

/** Waits for the address that the Node service prints. */
async function addressOf(program: Program): Promise<string> {
  const address = (): string => /listening on (\S+)/.exec(program.output())?.[1] ?? '';
  await eventually(() => address() !== '', { until: 'the Node service listens' });
  return address();
}

interface State {
  readonly settings: unknown;
  readonly tuned: boolean;
}

test('the Node service tunes itself on its own requests, and goes on with the best settings', async () => {
  using program = startProgram([process.execPath, `${examples}/node-service/service.mjs`], { CLAVIER_URL: service.url, PORT: '0' });
  const url = await addressOf(program);
  const state = async () => (await (await fetch(url)).json()) as State;
  const text = 'the same words again and again, '.repeat(500);
  await eventually(
    async () => {
      const answer = await fetch(url, { method: 'POST', body: text });
      expect(await answer.text()).toBe(text);
      return (await state()).tuned;
    },
    { until: 'the study has ended' },
  );
  const [study] = await all(service.client.listStudies({ name: 'compression' }));
  expect(study).toMatchObject({ state: 'completed', progress: { finished: 12 } });
  expect((await state()).settings).toEqual(study?.best?.parameters);
  program.signal('SIGTERM');
  expect(await program.exited, program.output()).toBe(0);
});

test('the Node service answers while the tuning service is away, and returns its trial when it stops', async () => {
  using away = startProgram([process.execPath, `${examples}/node-service/service.mjs`], { CLAVIER_URL: 'http://127.0.0.1:9', PORT: '0' });
  const url = await addressOf(away);
  await eventually(() => away.output().includes('the settings stay as they are'), { until: 'it says that the service is away' });
  expect(await (await fetch(url)).json()).toEqual({ settings: { level: 6, memLevel: 8 }, tuned: false });

  using stopped = startProgram([process.execPath, `${examples}/node-service/service.mjs`], { CLAVIER_URL: service.url, PORT: '0' });
  const active = () => all(service.client.listStudies({ name: 'compression', state: 'active' }));
  await eventually(async () => {
    const [study] = await active();
    return study !== undefined && (await service.client.getStudy(study.id)).trials.running === 1;
  });
  stopped.signal('SIGTERM');
  expect(await stopped.exited, stopped.output()).toBe(0);
  const [study] = await active();
  expect((await service.client.getStudy(study?.id ?? '')).trials).toMatchObject({ queued: 1, running: 0 });
});
