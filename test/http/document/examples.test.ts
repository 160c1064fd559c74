import { resolve } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { externalStudy, geneticStudy, smallCampaign } from '../definitions.ts';
import { startTestService, type TestService } from '../service.ts';
import { work } from '../worker.ts';
import { withFixedFacts } from './fixed-facts.ts';
import { at, list, record } from './rules.ts';

/** The answers that the document shows. `npx vitest run -u` on this file records them; then regenerate the document. */
const recordedFile = resolve(import.meta.dirname, '../../../openapi/examples.json');

let service: TestService;
beforeAll(async () => {
  service = await startTestService();
});
afterAll(() => service[Symbol.asyncDispose]());

type Answers = Record<string, Record<number, unknown>>;

/** Runs a small study and a small campaign, and keeps an answer of each operation on the way. */
async function answersOfAll(): Promise<Answers> {
  const answers: Answers = {};
  const keep: Keeps = (operation, { statusCode, body }) => {
    expect(statusCode, `${operation}: ${body}`).toBeLessThan(300);
    answers[operation] = { ...answers[operation], [statusCode]: JSON.parse(body) };
    return JSON.parse(body);
  };
  const get = async (operation: string, url: string) => keep(operation, await service.get(url));
  const post = async (operation: string, url: string, body?: object) => keep(operation, await service.post(url, body));
  const patch = async (operation: string, url: string, payload: object = {}) =>
    keep(operation, await service.request({ method: 'PATCH', url, payload }));
  await ofStudy(get, post, patch);
  await ofWorkers(post);
  await ofFront(get);
  await ofCampaign(get, post, patch);
  await ofWebhooks(get, post, patch);
  await ofKeys(keep);
  await get('getPreset', `/v1/presets/${firstOf(await get('listPresets', '/v1/presets')).name}`);
  await get('getRoot', '/');
  await get('getHealth', '/healthz');
  await get('getReadiness', '/readyz');
  return answers;
}

type Asks = (operation: string, url: string, body?: object) => Promise<unknown>;

async function ofStudy(get: Asks, post: Asks, patch: Asks): Promise<void> {
  const definition = geneticStudy({ name: 'learning rate and units', budget: { generations: 2 }, labels: { team: 'vision' } });
  await post('createStudy', '/v1/studies', { ...definition, dryRun: true });
  const study = `/v1/studies/${idOf(await post('createStudy', '/v1/studies', definition))}`;
  await post('pauseStudy', `${study}/pause`);
  await post('resumeStudy', `${study}/resume`);
  await work(service.database);
  await get('getStudy', study);
  await get('listStudies', '/v1/studies?limit=1');
  await get('listTrials', `${study}/trials?limit=2`);
  await get('getTrial', `/v1/trials/${firstOf(await get('getLeaderboard', `${study}/leaderboard?limit=2`)).id}`);
  await get('listGenerations', `${study}/generations?limit=1`);
  await get('listCheckpoints', `${study}/checkpoints?limit=1`);
  await get('listEvents', `${study}/events?limit=2`);
  await get('listAllEvents', '/v1/events?type=trial-completed&limit=1');
  await get('getStudyReport', `${study}/report`);
  await post('verifyStudy', `${study}/verify`);
  const document = await get('exportStudy', `${study}/export?provenance=false`);
  await post('importStudy', '/v1/studies/import', { document });
  await post('forkStudy', `${study}/fork`, { generation: 0, name: 'fork', seed: 2 });
  await work(service.database);
  const random = { ...definition, name: 'at random', sampler: { type: 'random' }, budget: { trials: 6 } };
  const compared = idOf((await service.post('/v1/studies', random)).json());
  await work(service.database);
  await get('compareStudies', `/v1/compare?study=${study.split('/').at(-1)}&study=${compared}`);
  const seeded = idOf((await service.post('/v1/studies', definition)).json());
  const [known, enqueued] = [0.001, 0.002].map((learningRate) => ({ learningRate, hiddenUnits: 16 }));
  await post('addTrials', `/v1/studies/${seeded}/trials`, {
    trials: [{ parameters: known, values: { value: 0.8 } }, { parameters: enqueued }],
  });
  await post('extendStudy', `/v1/studies/${compared}/extend`, { budget: { trials: 8 } });
  await patch('changeStudy', `/v1/studies/${compared}`, { priority: 5, labels: { team: 'vision', stage: 'final' } });
  await work(service.database);
  const other = idOf((await service.post('/v1/studies', definition)).json());
  await post('cancelStudy', `/v1/studies/${other}/cancel`);
}

async function ofWorkers(post: Asks): Promise<void> {
  const study = `/v1/studies/${idOf((await service.post('/v1/studies', externalStudy({ name: 'own training' }))).json())}`;
  const ask = { worker: 'gpu-1', leaseSeconds: 60 };
  const held = async (operation: string, url: string) => {
    const trial = record(list(at(await post(operation, url, ask), 'trials'))[0]);
    return { url: `/v1/trials/${String(trial['id'])}`, token: at(trial, 'lease', 'token') };
  };
  const first = await held('askStudy', `${study}/ask`);
  const { url, token } = first;
  await post('heartbeat', `${url}/heartbeat`, { token });
  await post('reportTrial', `${url}/reports`, { token, reports: [{ step: 1, values: { accuracy: 0.81 } }] });
  await post('completeTrial', `${url}/complete`, { token, values: { accuracy: 0.87 } });
  const second = await held('askAny', '/v1/ask');
  await post('failTrial', `${second.url}/fail`, { token: second.token, error: 'out of memory' });
  const third = await held('askStudy', `${study}/ask`);
  await post('releaseTrial', `${third.url}/release`, { token: third.token });
  await service.post(`${study}/cancel`);
}

/** A study with two metrics, whose results a client knew. */
async function ofFront(get: Asks): Promise<void> {
  const names = [
    { name: 'accuracy', direction: 'maximize' },
    { name: 'latency', direction: 'minimize' },
  ];
  const results = [
    { x: 0.2, n: 3, accuracy: 0.81, latency: 90 },
    { x: 0.7, n: 9, accuracy: 0.9, latency: 240 },
    { x: 0.9, n: 1, accuracy: 0.78, latency: 120 },
  ];
  const study = idOf(
    (
      await service.post(
        '/v1/studies',
        externalStudy({
          name: 'accurate and fast',
          metrics: names,
          sampler: { type: 'random' },
          objective: { type: 'external', metrics: names },
          givenTrials: results.map(({ x, n, ...values }) => ({ parameters: { x, n }, values })),
        }),
      )
    ).json(),
  );
  await get('getFront', `/v1/studies/${study}/front?reference=0.5,300`);
  await service.post(`/v1/studies/${study}/cancel`);
}

async function ofCampaign(get: Asks, post: Asks, patch: Asks): Promise<void> {
  const definition = smallCampaign({ name: 'random or genetic', evaluation: { repeats: 1 } });
  await post('createCampaign', '/v1/campaigns', { ...definition, dryRun: true });
  const campaign = `/v1/campaigns/${idOf(await post('createCampaign', '/v1/campaigns', definition))}`;
  await post('pauseCampaign', `${campaign}/pause`);
  await post('resumeCampaign', `${campaign}/resume`);
  await work(service.database, 8);
  await get('getCampaign', campaign);
  await get('listCampaigns', '/v1/campaigns?limit=1');
  await get('getCampaignReport', `${campaign}/report`);
  await work(service.database);
  await get('getWinner', `${campaign}/winner`);
  await get('listFinalists', `${campaign}/finalists`);
  const document = await get('exportCampaign', `${campaign}/export?provenance=false`);
  await post('importCampaign', '/v1/campaigns/import', { document });
  await post('verifyCampaign', `${campaign}/verify`);
  await patch('changeCampaign', campaign, { labels: { team: 'vision' } });
  const other = idOf((await service.post('/v1/campaigns', definition)).json());
  await post('cancelCampaign', `/v1/campaigns/${other}/cancel`);
}

type Keeps = (operation: string, answer: { statusCode: number; body: string }) => unknown;

async function ofWebhooks(get: Asks, post: Asks, patch: Asks): Promise<void> {
  const request = {
    url: 'https://receiver.example/clavier',
    types: ['study-ended', 'trial-completed'],
    description: 'the team\u2019s board',
  };
  const webhook = `/v1/webhooks/${idOf(await post('createWebhook', '/v1/webhooks', request))}`;
  await get('getWebhook', webhook);
  await get('listWebhooks', '/v1/webhooks?limit=1');
  await patch('changeWebhook', webhook, { types: ['study-ended'] });
  await post('rotateWebhookSecret', `${webhook}/rotate-secret`);
  const delivery = `${webhook}/deliveries/${idOf(await post('pingWebhook', `${webhook}/ping`))}`;
  await get('getDelivery', delivery);
  await get('listDeliveries', `${webhook}/deliveries?limit=1`);
  await post('redeliver', `${delivery}/redeliver`);
  expect((await service.request({ method: 'DELETE', url: webhook })).statusCode).toBe(204);
}

/** On a service of its own: a service that has keys answers to nobody without one. */
async function ofKeys(keep: Keeps): Promise<void> {
  await using closed = await startTestService({ key: 'operator' });
  const get = (url: string, key = 'operator') => closed.get(url, { authorization: `Bearer ${key}` });
  const post = (url: string, payload: object = {}) =>
    closed.request({ method: 'POST', url, headers: { authorization: 'Bearer operator' }, payload });
  keep('createProject', await post('/v1/projects', { name: 'vision' }));
  keep('getProject', await get('/v1/projects/vision'));
  const onVision = (method: 'PATCH' | 'DELETE', payload: object) =>
    closed.request({ method, url: '/v1/projects/vision', headers: { authorization: 'Bearer operator' }, payload });
  keep('changeProject', await onVision('PATCH', { weight: 3, quotas: { openStudies: 20, slots: 4 } }));
  keep('listProjects', await get('/v1/projects'));
  const request = {
    name: 'sweeps of the vision team',
    scopes: ['write', 'work'],
    project: 'vision',
    expiresAt: '2100-01-01T00:00:00.000Z',
  };
  const made = record(keep('createKey', await post('/v1/keys', request)));
  keep('getCaller', await get('/v1/caller', String(made['secret'])));
  keep('getKey', await get(`/v1/keys/${String(made['id'])}`));
  keep('listKeys', await get('/v1/keys'));
  keep('revokeKey', await post(`/v1/keys/${String(made['id'])}/revoke`));
  keep('listAuditEntries', await get('/v1/audit?limit=2'));
  keep('eraseProject', await onVision('DELETE', { confirm: 'vision' }));
}

function idOf(resource: unknown): unknown {
  return at(resource, 'id');
}

function firstOf(page: unknown): Record<string, unknown> {
  return record(list(at(page, 'items'))[0]);
}

it('shows the answers of this release as examples (record them with -u, then npm run --silent openapi > openapi/openapi.json)', async () => {
  const answers = await answersOfAll();
  const notReady = {
    ready: false,
    checks: { database: { ok: false, detail: 'does not answer' }, migrations: { ok: false, detail: 'unknown' }, runners: { live: 0 } },
  };
  const all = { ...answers, getReadiness: { ...answers['getReadiness'], 503: notReady } };
  await expect(`${JSON.stringify(withFixedFacts(all), null, 1)}\n`).toMatchFileSnapshot(recordedFile);
});
