import { afterEach, describe, expect, it, vi } from 'vitest';
import { newSecret } from '../../../src/access/secret.ts';
import { defaultExposure, wrongKeysPerMinute } from '../../../src/http/exposure.ts';
import { recordingLogger } from '../recording-logger.ts';
import { startTestService, type TestService } from '../service.ts';

const operator = 'operators-own-0123456789';
const bearer = (key: string) => ({ authorization: `Bearer ${key}` });
afterEach(() => void vi.useRealTimers());

/** A service that answers so many requests a minute. */
const limited = (requestsPerMinute: number, more = {}) =>
  startTestService({ key: operator, exposure: { ...defaultExposure, requestsPerMinute }, ...more });

const get = (service: TestService, key: string | null, remoteAddress = '203.0.113.1', url = '/v1/caller') =>
  service.request({ url, remoteAddress, headers: key === null ? {} : bearer(key) });

async function newKey(service: TestService): Promise<string> {
  const payload = { name: 'test', scopes: ['read'] };
  return (await service.request({ method: 'POST', url: '/v1/keys', headers: bearer(operator), payload })).json().secret;
}

function minuteLater(): void {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 61_000 });
}

describe('the requests of a key', () => {
  it('are limited a minute, and every answer says how many are left', async () => {
    await using service = await limited(3);
    const key = await newKey(service);
    for (const left of ['2', '1', '0']) {
      const { statusCode, headers } = await get(service, key);
      expect([statusCode, headers['ratelimit-limit'], headers['ratelimit-remaining']]).toEqual([200, '3', left]);
      expect(Number(headers['ratelimit-reset'])).toBeGreaterThan(50);
    }
    const refused = await get(service, key);
    expect(refused.json()).toMatchObject({ status: 429, code: 'rate-limited' });
    expect(refused.json().detail).toMatch(/^the key has sent 3 requests within a minute; try again in \d+ seconds$/);
    expect(refused.headers['retry-after']).toBe(refused.headers['ratelimit-reset']);
    minuteLater();
    expect((await get(service, key)).statusCode).toBe(200);
  });

  it('count wherever they come from, and not for another key', async () => {
    await using service = await limited(2);
    const [one, other] = [await newKey(service), await newKey(service)];
    for (const address of ['203.0.113.1', '203.0.113.2']) expect((await get(service, one, address)).statusCode).toBe(200);
    expect((await get(service, one, '203.0.113.3')).statusCode).toBe(429);
    expect((await get(service, other, '203.0.113.1')).statusCode).toBe(200);
  });

  it('change nothing once they are too many', async () => {
    await using service = await limited(1);
    await newKey(service);
    const before = await service.checksum();
    const payload = { name: 'too many', scopes: ['admin'] };
    expect((await service.request({ method: 'POST', url: '/v1/keys', headers: bearer(operator), payload })).statusCode).toBe(429);
    expect(await service.checksum()).toBe(before);
  });

  it('are any number without a limit, and the answers then name none', async () => {
    await using service = await limited(0);
    for (let sent = 0; sent < 20; sent += 1) expect((await get(service, operator)).headers).not.toHaveProperty('ratelimit-limit');
  });

  it('are more than workers at full speed send, by default', async () => {
    expect(defaultExposure.requestsPerMinute / 60).toBeGreaterThan(2 * 2000);
  });
});

describe('requests without a key', () => {
  it('are limited by address, of IPv6 by its network', async () => {
    await using service = await startTestService({ exposure: { ...defaultExposure, requestsPerMinute: 1 } });
    const status = async (address: string) => (await get(service, null, address)).statusCode;
    expect([await status('127.0.0.1'), await status('127.0.0.1'), await status('127.0.0.2')]).toEqual([200, 429, 200]);
    expect([await status('2001:db8::1'), await status('2001:db8::ffff'), await status('2001:db8:1::1')]).toEqual([200, 429, 200]);
  });

  it('are limited by address also where they are refused', async () => {
    await using service = await limited(2);
    const status = async (address: string) => (await get(service, null, address)).statusCode;
    expect([await status('203.0.113.1'), await status('203.0.113.1'), await status('203.0.113.1')]).toEqual([401, 401, 429]);
    expect(await status('203.0.113.2')).toBe(401);
  });

  it('are not limited where they are probes', async () => {
    await using service = await limited(1);
    for (let sent = 0; sent < 3; sent += 1) expect((await get(service, null, '203.0.113.1', '/healthz')).statusCode).toBe(200);
  });
});

describe('wrong keys', () => {
  /** Sends as many wrong keys as an address may, of which every other one has the form of a key. */
  async function guess(service: TestService, address: string): Promise<void> {
    for (let sent = 0; sent < wrongKeysPerMinute; sent += 1)
      expect((await get(service, sent % 2 ? newSecret() : `guess-${sent}`, address)).statusCode).toBe(401);
  }

  it('are refused unread after many in a minute, and so is a right key that was not seen before', async () => {
    const { logger, logged } = recordingLogger();
    await using service = await limited(0, { logger });
    const [seen, unseen] = [await newKey(service), await newKey(service)];
    expect((await get(service, seen)).statusCode).toBe(200);
    await guess(service, '203.0.113.1');
    const reads = vi.spyOn(service.database.accessKey, 'findUnique');
    for (const key of [newSecret(), 'guess', unseen, operator]) {
      const refused = await get(service, key);
      expect(refused.json()).toMatchObject({ status: 429, code: 'rate-limited' });
      expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
    }
    expect(reads).not.toHaveBeenCalled();
    const warnings = logged.filter(({ level }) => level === 'warn').map(({ text }) => text);
    expect(warnings).toEqual([expect.stringMatching(/"203\.0\.113\.1".*an address sent 300 wrong keys/)]);
    expect((await get(service, seen)).statusCode).toBe(200);
    expect((await get(service, unseen, '203.0.113.2')).statusCode).toBe(200);
    expect((await get(service, unseen)).statusCode).toBe(200);
    minuteLater();
    expect((await get(service, operator)).statusCode).toBe(200);
    expect((await get(service, newSecret())).statusCode).toBe(401);
  });

  it('do not lock out an operator whose address sent the right one before', async () => {
    await using service = await limited(0);
    expect((await get(service, operator)).statusCode).toBe(200);
    await guess(service, '203.0.113.1');
    expect((await get(service, operator)).statusCode).toBe(200);
    expect((await get(service, operator, '203.0.113.2')).statusCode).toBe(200);
  });
});
