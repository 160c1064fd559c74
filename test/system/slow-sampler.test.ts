import { randomUUID } from 'node:crypto';
import { getEventListeners } from 'node:events';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { loadConfig } from '../../src/config.ts';
import type { AppContext } from '../../src/context.ts';
import { createLog } from '../../src/log.ts';
import { externalStudy } from '../http/definitions.ts';
import { startTestService, type TestService } from '../http/service.ts';
import { type TemporaryFolder, temporaryFolder } from '../store/temporary-folder.ts';
import { builtFile } from '../support/built.ts';
import { eventually } from '../support/eventually.ts';

/** The context of an api process, which plans in its threads. Requests that wait do not look again by themselves while the test lasts. */
let service: TestService;
let folder: TemporaryFolder;
let context: AppContext;
beforeAll(async () => {
  // Before the compiled modules, whose schemas have the names of ours, because the document of the API is made of all that are loaded.
  service = await startTestService();
  folder = await temporaryFolder();
  const config = loadConfig({ DATABASE_URL: service.url, CLAVIER_DATA_DIR: folder.path, CLAVIER_LOG_LEVEL: 'error' });
  const { openContext }: typeof import('../../src/context.ts') = await import(builtFile('context.ts'));
  const { signal: stop } = new AbortController();
  context = await openContext(config, createLog(config, 'stderr'), { verb: 'api', ownsDataFolder: false, stop, lookAgainMs: 3_600_000 });
});
afterAll(async () => {
  await context[Symbol.asyncDispose]();
  await folder[Symbol.asyncDispose]();
  await service[Symbol.asyncDispose]();
});

it('a request that waits for a suggestion of a slow sampler is woken when the planning of its process has stored it', async () => {
  const sampler = { type: 'gp', startupTrials: 2 };
  const { id } = (await service.post('/v1/studies', externalStudy({ sampler, budget: { trials: 4 }, parallelism: 1 }))).json();
  // No suggestion is made before its request waits.
  let go = (): void => undefined;
  const { planner, asking } = context;
  const suggest = planner.suggest.bind(planner);
  let waits = new Promise<void>(() => undefined);
  planner.suggest = async (inputs) => {
    await waits;
    return suggest(inputs);
  };
  for (const number of [0, 1, 2, 3]) {
    waits = new Promise((resolve) => {
      go = resolve;
    });
    const { signal } = new AbortController();
    const request = { token: randomUUID(), worker: 'waits', leaseSeconds: 600, isRepeatable: false };
    const answer = asking.dispatcher.askWaiting({
      studies: { named: [id] },
      requests: [request],
      ms: 3_600_000,
      whenGone: () => signal,
    });
    await eventually(() => getEventListeners(signal, 'abort').length === 1, { until: 'the request waits' });
    go();
    const [trial] = (await answer).trials;
    expect(trial).toMatchObject({ studyId: id, number, token: request.token });
    const lease = { trialId: trial?.trialId ?? '', token: request.token };
    const result = { values: { accuracy: number / 10 }, checkpoint: null, attributes: null, links: null };
    expect((await asking.trials.complete(lease, result)).kind).toBe('settled');
  }
});
