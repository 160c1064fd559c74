import { request } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { InjectOptions } from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { HostNames } from '../../src/http/site-checks.ts';
import { geneticStudy } from './definitions.ts';
import { startTestService, type TestService } from './service.ts';

let service: TestService;
let study: string;
beforeAll(async () => {
  service = await startTestService();
  study = `/v1/studies/${(await service.post('/v1/studies', geneticStudy())).json().id}`;
});
afterAll(() => service[Symbol.asyncDispose]());

/** Listens on an address and asks under each host name; returns the codes of the answers, or their status where they have none. */
async function answersUnder(listen: string, names: readonly string[], hosts?: HostNames): Promise<Record<string, string | number>> {
  await using other = await startTestService(hosts && { hosts });
  await other.app.listen({ host: listen, port: 0 });
  const { port } = other.app.server.address() as AddressInfo; // it listens on TCP
  const answers: Record<string, string | number> = {};
  for (const host of names) answers[host] = await answerUnder({ port, host });
  return answers;
}

function answerUnder({ port, host }: { port: number; host: string }): Promise<string | number> {
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port, path: '/v1/presets', headers: { host } }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk) => {
        text += String(chunk);
      });
      response.on('end', () => resolve(response.statusCode === 200 ? 200 : String(JSON.parse(text).code)));
    });
    sent.on('error', reject);
    sent.end();
  });
}

const everywhere = {
  'localhost:8080': 200,
  localhost: 200,
  'LOCALHOST.:1': 200,
  'api.localhost': 200,
  '127.0.0.1': 200,
  '127.8.9.1:99': 200,
};
const literal = { '[::1]:8080': 200, '192.168.1.5:30080': 200, '[fe80::1]': 200, '': 200 };
const refused = 'host-not-allowed';

describe('host names', () => {
  it('on a loopback address are its own, on any port, and IP addresses', async () => {
    const foreign = [
      'evil.example',
      'evil.example:8080',
      'localhost.evil.example',
      '127.0.0.1.nip.io',
      'evillocalhost',
      'x y',
      'a@localhost',
    ];
    const expected = { ...everywhere, ...literal, ...Object.fromEntries(foreign.map((name) => [name, refused])) };
    expect(await answersUnder('127.0.0.1', Object.keys(expected))).toEqual(expected);
  });

  it('also the one that it listens on by name', async () => {
    const hosts = { own: 'Tuning.test', allowed: null };
    const expected = { 'tuning.test:8080': 200, localhost: 200, 'other.test': refused };
    expect(await answersUnder('127.0.0.1', Object.keys(expected), hosts)).toEqual(expected);
  });

  it('are those that are listed too, or any with *', async () => {
    const hosts = { own: '127.0.0.1', allowed: ['tuning.example', '*.internal'] };
    const expected = { localhost: 200, 'Tuning.example:443': 200, 'a.b.internal': 200, internal: refused, 'x.tuning.example': refused };
    expect(await answersUnder('127.0.0.1', Object.keys(expected), hosts)).toEqual(expected);
    expect(await answersUnder('127.0.0.1', ['any.example'], { own: '127.0.0.1', allowed: ['*'] })).toEqual({ 'any.example': 200 });
  });

  it('are any on every interface, where a proxy or a port mapping may stand before it, unless they are listed', async () => {
    expect(await answersUnder('0.0.0.0', ['any.example', 'localhost'])).toEqual({ 'any.example': 200, localhost: 200 });
    const hosts = { own: '0.0.0.0', allowed: ['tuning.example'] };
    const expected = { 'any.example': refused, 'tuning.example': 200, localhost: 200, '10.0.0.7:8080': 200 };
    expect(await answersUnder('0.0.0.0', Object.keys(expected), hosts)).toEqual(expected);
  });
});

describe('what changes something', () => {
  const move = (headers: Record<string, string>, app = service.app) => app.inject({ method: 'POST', url: `${study}/pause`, headers });

  it.each<[string, Record<string, string>]>([
    ['a page of another site', { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' }],
    ['a page of another site without Origin', { 'sec-fetch-site': 'cross-site' }],
    ['a page of another port of this machine', { host: 'localhost:8080', 'sec-fetch-site': 'same-site', origin: 'http://localhost:3000' }],
    ['an old browser for another site', { host: 'localhost:8080', origin: 'http://evil.example:8080' }],
    ['an old browser for another port', { host: 'localhost:8080', origin: 'http://localhost' }],
    ['a sandboxed frame or a local file', { host: 'localhost:8080', origin: 'null' }],
    ['a name that ends like this one', { host: 'localhost:8080', origin: 'http://evillocalhost:8080' }],
    ['a page that was loaded without TLS', { host: 'tuning.example', 'sec-fetch-site': 'cross-site', origin: 'http://tuning.example' }],
  ])('is refused when a browser sends it for %s', async (_who, headers) => {
    const before = await service.checksum();
    const requests: InjectOptions[] = [
      { method: 'POST', url: `${study}/cancel`, headers },
      { method: 'DELETE', url: study, headers },
      { method: 'POST', url: '/v1/studies', payload: geneticStudy(), headers },
      { method: 'POST', url: '/v1/campaigns', payload: { preset: 'lstm-comparison' }, headers },
      { method: 'PUT', url: study, headers },
    ];
    for (const sent of requests) {
      const response = await service.app.inject(sent);
      expect([response.statusCode, response.json().code], `${sent.method} ${sent.url}`).toEqual([403, 'cross-site-request']);
      expect(response.json().detail).toContain('CLAVIER_ALLOWED_HOSTS');
    }
    expect(await service.checksum()).toBe(before);
    expect((await service.app.inject({ url: study, headers })).statusCode).toBe(200);
  });

  it.each<[string, Record<string, string>]>([
    ['a program', {}],
    ['the page at /docs', { host: 'localhost:8080', 'sec-fetch-site': 'same-origin', origin: 'http://localhost:8080' }],
    [
      'the page at /docs behind a proxy that names another host',
      { host: '127.0.0.1', 'sec-fetch-site': 'same-origin', origin: 'https://a.example' },
    ],
    ['the address bar or a bookmark', { 'sec-fetch-site': 'none' }],
    ['an old browser for this page', { host: 'localhost:8080', origin: 'http://localhost:8080' }],
    ['an old browser for this page behind TLS', { host: 'tuning.example', origin: 'https://tuning.example' }],
    ['an old browser for this page behind TLS, with the port named', { host: 'tuning.example:443', origin: 'https://tuning.example' }],
  ])('is done for %s', async (_who, headers) => {
    expect((await move(headers)).statusCode).toBe(200);
  });

  it('is done for a page of a host that is listed, whatever its port, and for no other because of *', async () => {
    await using other = await startTestService({ hosts: { own: '127.0.0.1', allowed: ['*', 'ui.example'] } });
    const from = async (origin: string) =>
      (
        await other.app.inject({ method: 'POST', url: '/v1/studies', payload: {}, headers: { 'sec-fetch-site': 'same-site', origin } })
      ).json().code;
    expect([await from('https://ui.example:8443'), await from('https://evil.example')]).toEqual(['invalid-study', 'cross-site-request']);
  });

  it('is never a GET, and never a body of a type that a form can send', async () => {
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x']) {
      const payload = JSON.stringify(geneticStudy());
      const response = await service.request({ method: 'POST', url: '/v1/studies', payload, headers: { 'content-type': type } });
      expect(response.json().code, type).toBe('unsupported-media-type');
    }
    const before = await service.checksum();
    const { paths = {} } = service.app.swagger();
    for (const [path, operations] of Object.entries(paths))
      if (operations?.get) await service.app.inject(path.replace('{studyId}', study.slice('/v1/studies/'.length)));
    expect(await service.checksum()).toBe(before);
  });
});

describe('what browsers are told', () => {
  it('never lets another origin read, frame or embed an answer', async () => {
    for (const url of [study, `${study}/report.html`, '/problems', '/problems/invalid-study', '/docs/', '/openapi.json', '/v1/nothing']) {
      const { headers } = await service.app.inject({ url, headers: { origin: 'https://evil.example' } });
      expect(
        Object.keys(headers).filter((name) => name.startsWith('access-control-')),
        url,
      ).toEqual([]);
      expect([headers['x-content-type-options'], headers['cross-origin-resource-policy']], url).toEqual(['nosniff', 'same-origin']);
      if (String(headers['content-type']).startsWith('text/html'))
        expect(headers['content-security-policy'], url).toContain("frame-ancestors 'none'");
    }
    const preflight = await service.app.inject({ method: 'OPTIONS', url: '/v1/studies', headers: { origin: 'https://evil.example' } });
    expect(Object.keys(preflight.headers).filter((name) => name.startsWith('access-control-'))).toEqual([]);
  });
});
