import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { CampaignReader } from '../../src/campaigns/ports.ts';
import { createClient } from '../../src/client/client.ts';
import { databaseReader } from '../../src/store/reader.ts';
import { geneticStudy, smallCampaign } from './definitions.ts';
import { startTestService, type TestService } from './service.ts';
import { work } from './worker.ts';

vi.mock('../../src/objectives/test-function/objective.ts', async (original) => {
  const { withEveryFeature } = await import('../objectives/every-feature.ts');
  return withEveryFeature(await original());
});

let service: TestService;
let study: string;
let campaign: string;
beforeAll(async () => {
  service = await startTestService();
  study = `/v1/studies/${(await service.post('/v1/studies', geneticStudy())).json().id}`;
  campaign = `/v1/campaigns/${(await service.post('/v1/campaigns', smallCampaign())).json().id}`;
  await work(service.database);
  await service.app.listen({ host: '127.0.0.1', port: 0 });
});
afterAll(() => service[Symbol.asyncDispose]());

const ask = (url: string, headers: Record<string, string> = {}, method: 'GET' | 'HEAD' = 'GET') =>
  service.app.inject({ method, url, headers });
const plain = { br: brotliDecompressSync, gzip: gunzipSync };

/** Bodies of every kind: JSON, streams, pages, files. */
const urls = (): string[] => [
  study,
  `${study}/export`,
  `${study}/trials.csv`,
  `${study}/report.html`,
  `${campaign}/export`,
  `${campaign}/trials.csv`,
  '/v1/presets',
  '/openapi.json',
  '/problems',
  '/docs/static/swagger-ui.css',
];

describe('a body of 1 KiB and more', () => {
  it.each(['br', 'gzip'] as const)('is compressed with %s for those who accept it', async (encoding) => {
    for (const url of urls()) {
      const whole = await ask(url);
      const { headers, rawPayload, statusCode } = await ask(url, { 'accept-encoding': encoding });
      expect([statusCode, headers['content-encoding'], String(headers['vary']).split(', ')], url).toEqual([
        200,
        encoding,
        expect.arrayContaining(['accept-encoding']),
      ]);
      expect(plain[encoding](rawPayload).equals(whole.rawPayload), url).toBe(true);
      expect(rawPayload.length, url).toBeLessThan(whole.rawPayload.length);
      expect([undefined, String(rawPayload.length)], url).toContain(headers['content-length']);
      expect([whole.headers['content-encoding'], headers['content-type']], url).toEqual([undefined, whole.headers['content-type']]);
      expect(whole.headers['vary'], url).toBe(headers['vary']);
    }
  });

  it('has a weak ETag, which gives a 304 with every encoding; HEAD has the headers of GET', async () => {
    for (const url of urls().filter((path) => !/csv|docs/.test(path))) {
      const strong = String((await ask(url)).headers.etag);
      const accepted = { 'accept-encoding': 'gzip' };
      const { etag } = (await ask(url, accepted)).headers;
      expect([strong[0], etag], url).toEqual(['"', `W/${strong}`]);
      const again = await ask(url, { ...accepted, 'if-none-match': `W/${strong}` });
      expect([again.statusCode, again.headers.etag, again.headers['content-encoding'], again.body], url).toEqual([
        304,
        etag,
        undefined,
        '',
      ]);
      expect(again.headers['vary'], url).toContain('accept-encoding');
      for (const headers of [{ 'if-none-match': `W/${strong}` }, { ...accepted, 'if-none-match': strong }]) {
        const other = await ask(url, headers);
        expect([other.statusCode, other.headers.etag], url).toEqual([304, strong]);
      }
    }
  });

  it('is announced by HEAD as GET sends it', async () => {
    for (const url of urls()) {
      const get = await ask(url, { 'accept-encoding': 'br' });
      const head = await ask(url, { 'accept-encoding': 'br' }, 'HEAD');
      const names = ['content-encoding', 'content-type', 'vary', 'etag'];
      expect(
        names.map((name) => head.headers[name]),
        url,
      ).toEqual(names.map((name) => get.headers[name]));
      expect([head.body, head.headers['content-length']], url).toEqual(['', undefined]);
    }
  });

  it.each([
    ['', undefined],
    ['identity', undefined],
    ['zstd, compress', undefined],
    ['gzip;q=0, br;q=0', undefined],
    ['*', 'br'],
    ['gzip;q=0.5, br', 'br'],
    ['br;q=0.2, gzip;q=0.9', 'gzip'],
    ['gzip, deflate', 'gzip'],
  ])('with Accept-Encoding %j has the encoding %s', async (accepted, encoding) => {
    const { headers, statusCode } = await ask(study, accepted === '' ? {} : { 'accept-encoding': accepted });
    expect([statusCode, headers['content-encoding']]).toEqual([200, encoding]);
  });
});

it('a smaller body is sent as it is, and so is what does not shrink', async () => {
  for (const url of ['/healthz', '/docs/static/favicon-32x32.png']) {
    const { headers } = await ask(url, { 'accept-encoding': 'gzip' });
    expect([headers['content-encoding'], headers['content-length']], url).toEqual([undefined, expect.anything()]);
  }
});

it('a new resource and a problem are compressed too', async () => {
  const made = await service.app.inject({
    method: 'POST',
    url: '/v1/studies',
    payload: geneticStudy(),
    headers: { 'accept-encoding': 'gzip' },
  });
  expect([made.statusCode, made.headers['content-encoding'], made.headers.etag]).toEqual([201, 'gzip', expect.stringMatching(/^W\/"/)]);
  expect(JSON.parse(gunzipSync(made.rawPayload).toString()).name).toBe('small');
  const payload = { ...geneticStudy(), ...Object.fromEntries(Array.from({ length: 30 }, (_, index) => [`unknown${index}`, 1])) };
  const refused = await service.app.inject({ method: 'POST', url: '/v1/studies', payload, headers: { 'accept-encoding': 'gzip' } });
  expect([refused.statusCode, refused.headers['content-encoding']]).toEqual([422, 'gzip']);
});

it('a stream that fails breaks off with the connection', async () => {
  const failing = (reader: CampaignReader): CampaignReader => ({
    ...reader,
    trials: () => Promise.reject(new Error('the disk is on fire')),
    snapshot: (read) => reader.snapshot((inner) => read(failing(inner))),
  });
  await using other = await startTestService({ reader: failing(databaseReader(service.database)) });
  await other.app.listen({ host: '127.0.0.1', port: 0 });
  const { port } = other.app.server.address() as AddressInfo; // it listens on TCP
  const read = async (): Promise<string> =>
    (await fetch(`http://127.0.0.1:${port}${study}/export`, { headers: { 'accept-encoding': 'gzip' } })).text();
  await expect(read()).rejects.toThrow();
});

it.each(['br', 'gzip'])('a stream begins with its first page, compressed with %s', async (encoding) => {
  const reader = databaseReader(service.database);
  let release = (): void => undefined;
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  const trials: CampaignReader['trials'] = async (filter) => {
    await held;
    return reader.trials(filter);
  };
  await using other = await startTestService({ reader: { ...reader, trials } });
  await other.app.listen({ host: '127.0.0.1', port: 0 });
  const { port } = other.app.server.address() as AddressInfo; // it listens on TCP
  const asked = get({ port, path: `${study}/trials.csv`, headers: { 'accept-encoding': encoding }, agent: false });
  const [response] = (await once(asked, 'response')) as [IncomingMessage];
  const [first] = (await once(response, 'data')) as [Buffer];
  expect(first.length).toBeGreaterThan(20);
  release();
  await once(response, 'end');
});

it('our client reads it', async () => {
  const { port } = service.app.server.address() as AddressInfo; // it listens on TCP
  const id = study.slice('/v1/studies/'.length);
  expect(await createClient({ baseUrl: `http://127.0.0.1:${port}` }).exportStudy(id)).toBe((await ask(`${study}/export`)).body);
});
