import { afterAll, beforeAll, expect, it } from 'vitest';
import { smallCampaign, unknownId } from './definitions.ts';
import { startTestService, type TestService } from './service.ts';
import { work } from './worker.ts';

let service: TestService;
beforeAll(async () => {
  service = await startTestService();
});
afterAll(() => service[Symbol.asyncDispose]());

const urlOf = (id: string): string => `/v1/campaigns/${id}`;
const read = async (id: string) => (await service.get(urlOf(id))).json();
const change = (id: string, payload: object, headers: Record<string, string> = {}) =>
  service.request({ method: 'PATCH', url: urlOf(id), payload, headers });
const found = async (query: string): Promise<string[]> =>
  (await service.get(`/v1/campaigns?${query}`)).json().items.map(({ id }: { id: string }) => id);

async function create(changes: Record<string, unknown> = {}): Promise<string> {
  const response = await service.post('/v1/campaigns', smallCampaign(changes));
  expect(response.statusCode, response.body).toBe(201);
  return response.json().id;
}

it('shows the labels of a campaign, and lists those that have them', async () => {
  const [one, other] = [await create({ labels: { team: 'one', stage: 'draft' } }), await create({ labels: { team: 'other' } })];
  const without = await create({ labels: {} });
  expect((await read(one)).spec.labels).toEqual({ team: 'one', stage: 'draft' });
  expect((await read(without)).spec).not.toHaveProperty('labels');
  expect([await found('label=team'), await found('label=team=one&label=stage'), await found('label=team=none')]).toEqual([
    [other, one],
    [one],
    [],
  ]);
  const items = (await service.get('/v1/campaigns?limit=3')).json().items;
  expect(items.map(({ labels }: { labels: object }) => labels)).toEqual([{}, { team: 'other' }, { team: 'one', stage: 'draft' }]);
  const next = (await service.get('/v1/campaigns?label=team&limit=1')).json().nextCursor;
  expect((await service.get(`/v1/campaigns?label=team=one&limit=1&cursor=${next}`)).json()).toMatchObject({ code: 'invalid-cursor' });
});

it('gives its studies no labels, so that lists of studies by label have no parts', async () => {
  const [part] = (await read(await create({ labels: { group: 'parts' } }))).parts;
  expect((await service.get(`/v1/studies/${part.studyId}`)).json().spec.labels).toEqual({});
  expect((await service.get('/v1/studies?label=group')).json().items).toEqual([]);
});

it('stores a definition that earlier releases can read', async () => {
  const id = await create({ labels: { team: 'one' } });
  const row = await service.database.campaign.findUniqueOrThrow({ where: { id } });
  expect([row.spec, row.labels]).toEqual([expect.not.objectContaining({ labels: expect.anything() }), { team: 'one' }]);
});

it('replaces the labels, also after the end, and keeps them through an export', async () => {
  const id = await create({ labels: { team: 'one' }, evaluation: { repeats: 0 } });
  expect((await change(id, { labels: { stage: 'running' } })).json().spec.labels).toEqual({ stage: 'running' });
  await work(service.database);
  const before = await read(id);
  expect(before.state).toBe('completed');
  const { etag } = (await service.get(`${urlOf(id)}/export`)).headers;
  const after = (await change(id, { labels: { stage: 'done' } })).json();
  expect(after).toEqual({ ...before, spec: { ...before.spec, labels: { stage: 'done' } } });
  const exported = await service.get(`${urlOf(id)}/export`, { 'if-none-match': String(etag) });
  expect(exported.json().spec.labels).toEqual({ stage: 'done' });
  const copy = (await service.post('/v1/campaigns/import', { document: exported.json() })).json();
  expect(copy.spec).toEqual(after.spec);
  expect((await service.post(`${urlOf(copy.id)}/verify`)).json()).toMatchObject({ verified: true });
  expect((await change(id, { labels: {} })).json().spec).not.toHaveProperty('labels');
});

it('changes nothing else: labels that it has store nothing, and a study that was paused by itself stays paused', async () => {
  const id = await create({ labels: { team: 'one' } });
  const [{ studyId }] = (await read(id)).parts;
  await service.post(`/v1/studies/${studyId}/pause`);
  const before = await service.checksum();
  for (const same of [{}, { labels: { team: 'one' } }]) expect((await change(id, same)).statusCode).toBe(200);
  expect(await service.checksum()).toBe(before);
  const { updatedAt } = await read(id);
  await change(id, { labels: { team: 'two' } });
  expect(await read(id)).toMatchObject({ updatedAt, spec: { labels: { team: 'two' } } });
  await service.post(`${urlOf(id)}/resume`);
  expect((await service.get(`/v1/studies/${studyId}`)).json().state).toBe('paused');
});

it('refuses a change of a campaign that is not the one that was read', async () => {
  const id = await create({ labels: { team: 'one' } });
  const { etag } = (await service.get(urlOf(id))).headers;
  const changed = await change(id, { labels: { team: 'two' } }, { 'if-match': String(etag) });
  expect([changed.statusCode, changed.headers.etag]).toEqual([200, (await service.get(urlOf(id))).headers.etag]);
  const before = await service.checksum();
  const refused = await change(id, { labels: { team: 'three' } }, { 'if-match': String(etag) });
  expect(refused.json()).toMatchObject({ status: 412, code: 'precondition-failed', detail: expect.stringContaining('campaign') });
  expect(await service.checksum()).toBe(before);
  expect((await change(unknownId, {}, { 'if-match': String(etag) })).json()).toMatchObject({ code: 'campaign-not-found' });
});
