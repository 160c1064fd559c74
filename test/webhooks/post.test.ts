import type { LookupAddress } from 'node:dns';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openPoster, type PostSettings } from '../../src/webhooks/post.ts';
import { networks } from './networks.ts';
import { accept, type Behaviour, type Receiver, startReceiver } from './receiver.ts';

const local = networks('127.0.0.0/8');
let receiver: Receiver;
beforeEach(async () => {
  receiver = await startReceiver();
});
afterEach(() => receiver[Symbol.asyncDispose]());

const post = async (settings: Partial<PostSettings> = {}, url = receiver.url) => {
  using poster = openPoster({ allowed: local, ...settings });
  return await poster.post({ url, body: '{"type":"test"}', headers: { 'content-type': 'application/json', 'webhook-id': 'm' } });
};

describe('an attempt', () => {
  it('sends body and headers, and succeeds with a status from 200 to 299', async () => {
    receiver.behave((response) => void response.writeHead(202).end('thank you'));
    expect(await post()).toMatchObject({ ok: true, status: 202, error: null, excerpt: 'thank you' });
    expect(receiver.received).toMatchObject([
      {
        path: '/hook',
        body: '{"type":"test"}',
        headers: { 'content-type': 'application/json', 'webhook-id': 'm', 'content-length': '15' },
      },
    ]);
  });

  it.each<[string, Behaviour, object]>([
    ['an error', (response) => void response.writeHead(500).end('broken'), { status: 500, error: 'answered with 500', excerpt: 'broken' }],
    ['a wait', (response) => void response.writeHead(503, { 'retry-after': '120' }).end(), { status: 503, askedSeconds: 120 }],
    ['nothing', (response) => void response.destroy(), { status: null, error: 'the connection was closed before the answer was complete' }],
    [
      'half of an answer',
      (response) => {
        response.writeHead(200, { 'content-length': '100' });
        response.write('half', () => response.destroy());
      },
      { status: null, error: 'the connection was closed before the answer was complete' },
    ],
  ])('fails if the receiver answers with %s', async (_what, behaviour, expected) => {
    receiver.behave(behaviour);
    expect(await post()).toMatchObject({ ok: false, ...expected });
  });

  it.each<[string, Behaviour]>([
    ['hangs before its answer', () => undefined],
    ['hangs in the middle of its answer', (response) => void response.writeHead(200).write('half')],
  ])('fails in time if the receiver %s', async (_what, behaviour) => {
    receiver.behave(behaviour);
    expect(await post({ timeoutMs: 200 })).toMatchObject({ ok: false, status: null, error: 'no complete answer within 0.2 seconds' });
  });

  it('follows no redirect', async () => {
    await using other = await startReceiver();
    receiver.behave((response) => void response.writeHead(307, { location: other.url }).end());
    expect(await post()).toMatchObject({ ok: false, status: 307, error: expect.stringContaining('redirect 307') });
    expect(other.received).toHaveLength(0);
  });

  it('reads 1 KiB of an answer, without control characters', async () => {
    receiver.behave((response) => void response.writeHead(200).end(`a\u0000b\u001b${'x'.repeat(10_000_000)}`));
    const { ok, excerpt } = await post();
    expect(ok).toBe(true);
    expect(excerpt).toBe(`a\ufffdb\ufffd${'x'.repeat(1020)}`);
  });

  it('fails if nobody listens, or the name is unknown', async () => {
    const { url } = receiver;
    await receiver[Symbol.asyncDispose]();
    expect(await post({}, url)).toMatchObject({ ok: false, error: 'the connection was refused' });
    receiver = await startReceiver();
    const resolve = async () => Promise.reject(Object.assign(new Error('unknown'), { code: 'ENOTFOUND' }));
    expect(await post({ resolve }, 'http://nowhere.example/')).toMatchObject({
      ok: false,
      error: 'the name of the host cannot be resolved',
    });
  });

  it('ends when the service stops', async () => {
    receiver.behave(() => undefined);
    using poster = openPoster({ allowed: local });
    const stop = new AbortController();
    const answer = poster.post({ url: receiver.url, body: '', headers: {} }, stop.signal);
    await expect.poll(() => receiver.received.length).toBe(1);
    stop.abort();
    expect(await answer).toMatchObject({ ok: false, error: 'the service stopped before the answer was complete' });
  });

  it('replaces a kept connection that the receiver closed', async () => {
    using poster = openPoster({ allowed: local });
    const send = () => poster.post({ url: receiver.url, body: 'x', headers: {} });
    receiver.behave((response) => {
      accept(response, { path: '', headers: {}, body: '' });
      response.on('finish', () => setImmediate(() => response.socket?.resetAndDestroy()));
    });
    for (let message = 0; message < 20; message += 1) expect(await send()).toMatchObject({ ok: true });
  });
});

describe('a name', () => {
  const named = () => `http://receiver.example:${receiver.port}/hook`;
  const addresses = (...found: string[]): LookupAddress[] => found.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));

  it('is sent to where its address is allowed', async () => {
    expect(await post({ resolve: async () => addresses('127.0.0.1') }, named())).toMatchObject({ ok: true });
  });

  it.each([
    ['of this machine', ['127.0.0.1']],
    ['of a private network', ['10.0.0.7']],
    ['of IPv4 in IPv6', ['::ffff:169.254.169.254']],
    ['of the Internet beside one of this machine', ['1.1.1.1', '::1']],
  ])('with an address %s is refused, and nothing is connected to', async (_what, found) => {
    const answer = await post({ allowed: [], resolve: async () => addresses(...found) }, named());
    expect(answer).toMatchObject({
      ok: false,
      status: null,
      error: expect.stringContaining('receiver.example leads into a private network'),
    });
    expect(receiver.received).toHaveLength(0);
  });

  it('that was public when it was made and is rebound afterwards is refused', async () => {
    const answers = [addresses('1.1.1.1'), addresses('127.0.0.1')];
    let lookups = 0;
    const resolve = async () => answers[Math.min(lookups++, 1)] ?? [];
    await resolve(); // another check of the name, to which it showed its public address
    expect(await post({ allowed: [], resolve }, named())).toMatchObject({ ok: false, error: expect.stringContaining('127.0.0.1') });
    expect(lookups).toBe(2);
    expect(receiver.received).toHaveLength(0);
  });

  it('is looked up once for each connection: the address that was checked is the one that is used', async () => {
    let lookups = 0;
    const resolve = async () => {
      lookups += 1;
      return addresses(lookups === 1 ? '127.0.0.1' : '127.0.0.2');
    };
    expect(await post({ allowed: networks('127.0.0.1'), resolve }, named())).toMatchObject({
      ok: true,
    });
    expect(lookups).toBe(1);
  });
});
