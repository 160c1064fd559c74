import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { newId } from '../../src/shared/ids.ts';
import { databaseReader } from '../../src/store/reader.ts';
import { geneticStudy, smallCampaign, unknownId } from './definitions.ts';
import { startTestService, type TestService } from './service.ts';
import { work } from './worker.ts';

vi.mock('../../src/objectives/test-function/objective.ts', async (original) => {
  const { withEveryFeature } = await import('../objectives/every-feature.ts');
  return withEveryFeature(await original());
});

let service: TestService;
let origin: string;
let otherStudy: string;
const operator = 'operators-own';
const ids: Record<string, string> = { name: 'landscape-1', code: 'invalid-study', project: 'default' };

beforeAll(async () => {
  service = await startTestService({ isLocal: true, key: operator });
  ids.studyId = (await service.post('/v1/studies', geneticStudy())).json().id;
  const campaign = (await service.post('/v1/campaigns', smallCampaign())).json();
  ids.campaignId = campaign.id;
  otherStudy = campaign.parts[0].studyId;
  await work(service.database);
  ids.trialId = (await service.get(`/v1/studies/${ids.studyId}/trials?limit=1`)).json().items[0].id;
  ids.webhookId = (await service.post('/v1/webhooks', { url: 'https://receiver.example/clavier' })).json().id;
  ids.deliveryId = (await service.post(`/v1/webhooks/${ids.webhookId}/ping`)).json().id;
  // From now on the service wants a key.
  const key = { id: newId(), name: 'revoked', digest: Buffer.alloc(32), lastFour: 'xxxx', scopes: ['read'], revokedAt: new Date() };
  ids.keyId = (await service.database.accessKey.create({ data: key })).id;
  await service.app.listen({ host: '127.0.0.1', port: 0 });
  origin = `http://127.0.0.1:${(service.app.server.address() as AddressInfo).port}`; // it listens on TCP
});
afterAll(() => service[Symbol.asyncDispose]());

/** Every path with a GET: those of the document, and the pages that it leaves out. */
function readPaths(): string[] {
  const { paths } = service.app.swagger();
  const documented = Object.entries(paths ?? {}).flatMap(([path, operations]) => (operations?.get ? [asked(path)] : []));
  return [...documented, '/problems', '/problems/{code}', '/docs', '/docs/', '/docs/static/index.css'];
}

/** A comparison is of studies that its query names. */
const asked = (path: string): string => (path.startsWith('/v1/compare') ? `${path}?study={studyId}&study=${otherStudy}` : path);
const filled = (path: string, values: Record<string, string>): string =>
  path.replace(/\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole);
const withEach = (value: string): Record<string, string> => Object.fromEntries(Object.keys(ids).map((name) => [name, value]));

/** Headers of one answer, one connection or one moment. The length is compared by itself. */
const unlike = [
  'connection',
  'content-length',
  'date',
  'keep-alive',
  'ratelimit-remaining',
  'ratelimit-reset',
  'transfer-encoding',
  'x-request-id',
];

async function answer(method: string, url: string, headers: Record<string, string>) {
  const response = await fetch(origin + url, { method, headers: { authorization: `Bearer ${operator}`, ...headers }, redirect: 'manual' });
  const body = Buffer.from(await response.arrayBuffer());
  const shown = [...response.headers].filter(([name]) => !unlike.includes(name));
  return { status: response.status, headers: shown, length: response.headers.get('content-length'), body };
}

/** Asks by GET and by HEAD. A HEAD may leave out the length, but never say another one. */
async function expectAlike(url: string, headers: Record<string, string> = {}) {
  const [get, head] = [await answer('GET', url, headers), await answer('HEAD', url, headers)];
  expect([head.status, head.headers], `HEAD ${url}: ${get.body.toString().slice(0, 200)}`).toEqual([get.status, get.headers]);
  expect(head.body.length).toBe(0);
  expect([get.length, null], `HEAD ${url}`).toContain(head.length);
  return get;
}

describe('HEAD answers as GET does, without the body', () => {
  it('for everything that can be read, and what it says is not there, wrong, or unchanged', async () => {
    const tagged: string[] = [];
    const paths = readPaths();
    expect(paths.length).toBeGreaterThan(25);
    for (const path of paths) {
      const url = filled(path, ids);
      const { status, headers } = await expectAlike(url);
      expect([200, 302], url).toContain(status);
      const etag = Object.fromEntries(headers).etag;
      if (path.includes('{')) expect((await expectAlike(filled(path, withEach(unknownId)))).status, path).toBe(404);
      if (path.includes('Id}')) expect((await expectAlike(filled(path, withEach('7')))).status, path).toBe(422);
      if (path.startsWith('/v1')) expect((await expectAlike(`${url}?wings=1`)).status, path).toBe(422);
      await expectAlike(url, { accept: 'text/html, */*;q=0' });
      if (etag === undefined || path.startsWith('/docs')) continue;
      tagged.push(url);
      const strong = etag.replace(/^W\//, ''); // fetch accepts compressed bodies
      for (const known of ['*', strong, `W/${strong}`, `"other" , W/"x",${etag}`])
        expect((await expectAlike(url, { 'if-none-match': known })).status, `${url} ${known}`).toBe(304);
      expect((await expectAlike(url, { 'if-none-match': '"other"' })).status, url).toBe(200);
    }
    expect(tagged.length).toBeGreaterThan(20);
  });

  it('for an address that nothing has, and a method that it does not take', async () => {
    expect((await expectAlike('/v1/nothing')).status).toBe(404);
    expect((await expectAlike(`/v1/studies/${unknownId}/pause`)).status).toBe(405);
  });

  it('and reads none of the rows of a table', async () => {
    let pages = 0;
    const reader = databaseReader(service.database);
    await using other = await startTestService({
      reader: {
        ...reader,
        trials: (query) => {
          pages += 1;
          return reader.trials(query);
        },
      },
    });
    const response = await other.app.inject({ method: 'HEAD', url: `/v1/studies/${ids.studyId}/trials.csv` });
    expect([response.statusCode, response.headers['content-type']]).toEqual([200, 'text/csv; charset=utf-8; header=present']);
    expect([response.headers['content-length'], pages]).toEqual([undefined, 0]);
  });

  it('and a range is not taken: the whole is answered', async () => {
    const { status, body } = await expectAlike(`/v1/studies/${ids.studyId}/export`, { range: 'bytes=0-9' });
    expect([status, body.length > 10]).toEqual([200, true]);
  });
});
