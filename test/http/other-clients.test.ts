import { type AddressInfo, connect, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bodyLimits } from '../../src/http/body-limits.ts';
import { geneticStudy } from './definitions.ts';
import { startTestService, type TestService } from './service.ts';

let service: TestService;
let study: string;
let port: number;
beforeAll(async () => {
  service = await startTestService();
  study = `/v1/studies/${(await service.post('/v1/studies', geneticStudy())).json().id}`;
  await service.app.listen({ host: '127.0.0.1', port: 0 });
  port = (service.app.server.address() as AddressInfo).port; // it listens on TCP
});
afterAll(() => service[Symbol.asyncDispose]());

const json = 'content-type: application/json';
const definition = JSON.stringify(geneticStudy());
const postStudy = (...headers: string[]) => head('POST /v1/studies', json, ...headers);

function head(line: string, ...headers: string[]): string {
  return `${[`${line} HTTP/1.1`, ...(headers.some((one) => /^host:/i.test(one)) ? headers : ['host: localhost', ...headers])].join('\r\n')}\r\n\r\n`;
}

function opened(): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => resolve(socket));
    socket.setEncoding('utf8');
    socket.on('error', reject);
  });
}

/** Writes one part after the other, as a client does that looks at no answer before it has sent all, then reads until the text matches. */
async function exchange(socket: Socket, parts: readonly (string | Buffer)[], until: RegExp): Promise<string> {
  let answer = '';
  const failed = new Promise<never>((_, reject) => socket.once('error', reject));
  for (const part of parts) await Promise.race([failed, new Promise<void>((resolve) => socket.write(part, () => resolve()))]);
  const matched = new Promise<string>((resolve, reject) => {
    socket.on('data', (text) => {
      answer += String(text);
      if (until.test(answer)) resolve(answer);
    });
    socket.on('close', () => reject(new Error(`closed after ${answer}`)));
  });
  return Promise.race([failed, matched]).finally(() => socket.removeAllListeners('data'));
}

/** Sends on a connection of its own and returns the statuses of the answers, then the code of the problem where there is one. */
async function outcome(...parts: (string | Buffer)[]): Promise<string[]> {
  const socket = await opened();
  const answer = await exchange(socket, parts, /\r\n\r\n[\s\S]*[}\n]$|HTTP\/1.1 204[\s\S]*\r\n\r\n/);
  socket.destroy();
  const statuses = [...answer.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => status ?? '');
  return [...statuses, ...(/"code": "([^"]+)"/.exec(answer)?.slice(1) ?? [])];
}

describe('a body that is refused', () => {
  it.each([
    ['too long by its length', [`content-length: ${bodyLimits.definition * 3}`], 'payload-too-large'],
    ['of another type', ['content-length: 25165824', 'content-type: text/csv'], 'unsupported-media-type'],
  ])('is %s: the client that sends all of it first gets the problem, not a broken pipe, and goes on', async (_what, headers, code) => {
    const socket = await opened();
    const type = headers.some((one) => one.startsWith('content-type')) ? [] : [json];
    const parts = Array.from({ length: 24 }, () => Buffer.alloc(1_048_576, ' '));
    const answer = await exchange(socket, [head('POST /v1/studies', ...type, ...headers), ...parts], /\}\n$/);
    expect(answer).toContain(`"code": "${code}"`);
    expect(answer).not.toMatch(/connection: close/i);
    expect(await exchange(socket, [head('GET /healthz')], /\}$/)).toContain('HTTP/1.1 200');
    socket.destroy();
  });

  it('is too long in chunks: likewise', async () => {
    const socket = await opened();
    const chunk = Buffer.concat([Buffer.from('100000\r\n'), Buffer.alloc(1_048_576, ' '), Buffer.from('\r\n')]);
    const parts = [postStudy('transfer-encoding: chunked'), ...Array.from({ length: 24 }, () => chunk), '0\r\n\r\n'];
    expect(await exchange(socket, parts, /\}\n$/)).toContain('"code": "payload-too-large"');
    expect(await exchange(socket, [head('GET /healthz')], /\}$/)).toContain('HTTP/1.1 200');
    socket.destroy();
  });
});

describe('a client that waits for 100 Continue', () => {
  const waits = 'expect: 100-continue';

  it('is told to send what can be taken', async () => {
    const socket = await opened();
    const length = `content-length: ${definition.length}`;
    expect(await exchange(socket, [postStudy(waits, length)], /\r\n\r\n$/)).toMatch(/^HTTP\/1\.1 100 Continue/);
    expect(await exchange(socket, [definition], /\}$/)).toMatch(/^HTTP\/1\.1 201/);
    socket.destroy();
  });

  it.each([
    ['is too long', postStudy(waits, 'content-length: 99999999'), 'payload-too-large'],
    ['is encoded', postStudy(waits, 'content-length: 9', 'content-encoding: gzip'), 'unsupported-media-type'],
    ['has no address', head('POST /v1/nothing', json, waits, 'content-length: 9'), 'route-not-found'],
    ['comes from another site', postStudy(waits, 'content-length: 9', 'sec-fetch-site: cross-site'), 'cross-site-request'],
  ])('gets the problem at once, and the connection ends, where the body %s', async (_why, request, code) => {
    const socket = await opened();
    const answer = await exchange(socket, [request], /\}\n$/);
    socket.destroy();
    expect(answer).toMatch(/^HTTP\/1\.1 4/);
    expect(answer).toMatch(/connection: close/i);
    expect(answer).toContain(`"code": "${code}"`);
  });
});

describe('an empty body is no body, whatever is said of it', () => {
  it.each([
    ['curl -d ""', ['content-type: application/x-www-form-urlencoded', 'content-length: 0'], ''],
    ['text', ['content-type: text/plain;charset=UTF-8', 'content-length: 0'], ''],
    ['JSON', [json, 'content-length: 0'], ''],
    ['a proxy that sends chunks', ['transfer-encoding: chunked'], '0\r\n\r\n'],
    ['a form in chunks', ['content-type: multipart/form-data; boundary=x', 'transfer-encoding: chunked'], '0\r\n\r\n'],
    ['no length at all', [], ''],
  ])('by %s', async (_who, headers, body) => {
    expect(await outcome(head(`POST ${study}/pause`, ...headers), body)).toEqual(['200']);
  });

  it('but a body without a type is refused, in chunks too', async () => {
    const request = head(`POST ${study}/pause`, 'transfer-encoding: chunked');
    expect(await outcome(request, '2\r\n{}\r\n0\r\n\r\n')).toEqual(['415', 'unsupported-media-type']);
  });
});

describe('other ways to write a request', () => {
  const withBody = (type: string, body: Buffer): [string, Buffer] => [
    head('POST /v1/studies', `content-type: ${type}`, `content-length: ${body.length}`),
    body,
  ];

  it.each([
    ['a charset', withBody('application/json; charset=utf-8', Buffer.from(definition)), ['201']],
    ['a quoted charset in capitals', withBody('Application/JSON;charset="UTF-8"', Buffer.from(definition)), ['201']],
    ['a byte order mark', withBody('application/json', Buffer.from(`\ufeff${definition}`)), ['201']],
    ['Latin-1', withBody('application/json', Buffer.from(definition.replace('small', 'für'), 'latin1')), ['400', 'malformed-json']],
    ['UTF-16', withBody('application/json', Buffer.from(definition, 'utf16le')), ['400', 'malformed-json']],
    [
      'chunks',
      [
        postStudy('transfer-encoding: chunked'),
        `5\r\n${definition.slice(0, 5)}\r\n`,
        `${(definition.length - 5).toString(16)}\r\n${definition.slice(5)}\r\n0\r\n\r\n`,
      ],
      ['201'],
    ],
    ['OPTIONS for the server', [head('OPTIONS *')], ['204']],
    ['a target in absolute form', [head('GET http://localhost:1/healthz')], ['200']],
    ['a target of another host', [head('GET http://evil.example/healthz')], ['421', 'host-not-allowed']],
    [
      'a change for another host by an old browser',
      [head('POST http://localhost:1/v1/studies', 'content-length: 0', 'origin: http://localhost')],
      ['403', 'cross-site-request'],
    ],
    ['two hosts', [head('GET /healthz', 'host: localhost', 'host: evil.example')], ['400', 'malformed-http']],
    ['an upgrade that is not taken', [head('GET /healthz', 'connection: upgrade', 'upgrade: h2c')], ['200']],
    ['line feeds alone', ['GET /healthz HTTP/1.1\nhost: localhost\n\n'], ['400', 'malformed-http']],
    ['a target that is too long', [head(`GET /v1/studies?name=${'a'.repeat(20_000)}`)], ['431', 'headers-too-large']],
    ['percent signs in a path', [head('GET /%761/%70resets')], ['200']],
  ])('%s', async (_what, parts, expected) => {
    expect(await outcome(...parts)).toEqual(expected);
  });

  it('an id in capitals or with percent signs', async () => {
    for (const url of [study.replaceAll('-', '%2D'), study.replaceAll('-', '%2d')])
      expect((await service.get(url)).statusCode, url).toBe(200);
    const id = study.slice('/v1/studies/'.length);
    expect((await service.get(`/v1/studies/${id.toUpperCase()}`)).json().id).toBe(id);
  });
});

describe('behind a load balancer', () => {
  it('keeps idle connections for longer than its usual 60 seconds, and leaves a slow line the time for the largest import', () => {
    const { keepAliveTimeout, requestTimeout } = service.app.server;
    expect(keepAliveTimeout).toBeGreaterThan(60_000);
    expect(bodyLimits.import / (requestTimeout / 1000)).toBeLessThan(250_000); // bytes a second: 2 Mbit/s
  });
});
