import { inspect } from 'node:util';
import { afterEach, expect, test, vi } from 'vitest';
import { proxiedFetch } from '../../src/shared/proxied-fetch.ts';
import { proxy, site } from './proxy.ts';

afterEach(() => vi.unstubAllEnvs());

type Environment = Readonly<Record<string, string>>;

const textOf = async (address: string, environment: Environment) => (await proxiedFetch(environment)(address)).text();

/** The failure with its causes and all their fields, as a log would write it. */
const failureOf = (address: string, environment: Environment) =>
  textOf(address, environment).then(
    () => expect.unreachable('the request succeeded'),
    (error: unknown) => {
      if (!(error instanceof TypeError && error.cause instanceof Error)) throw error;
      // As fetch itself fails, which commands tell from a refusal.
      expect(error.message).toBe('fetch failed');
      return { message: error.cause.message, logged: inspect(error, { depth: 10 }) };
    },
  );

/** The test's certificate is nobody's. */
const trustAnyCertificate = () => vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0');

test('an address of https goes through a tunnel of https_proxy, to which only the name of the host is told', async () => {
  trustAnyCertificate();
  await using there = await site();
  await using through = await proxy(there);
  expect(await textOf('https://reviews.test/secret', { HTTPS_PROXY: `http://127.0.0.1:${through.port}` })).toBe('site /secret');
  expect(through.asked).toEqual(['CONNECT reviews.test:443']);
});

test('an address of http is asked of http_proxy as it is, without a tunnel, which many proxies refuse', async () => {
  await using there = await site();
  await using through = await proxy(there);
  expect(await textOf('http://reviews.test/a', { http_proxy: `http://127.0.0.1:${through.port}` })).toBe('site /a');
  expect(through.asked).toEqual(['GET http://reviews.test/a']);
});

test.each<[string, (proxy: string, wrong: string) => Environment]>([
  ['lower case goes before upper case', (right, wrong) => ({ http_proxy: right, HTTP_PROXY: wrong })],
  ['its scheme goes before all', (right, wrong) => ({ HTTP_PROXY: right, all_proxy: wrong })],
  ['all_proxy serves every scheme', (right) => ({ ALL_PROXY: right })],
  ['an empty variable is not set', (right) => ({ http_proxy: '', HTTP_PROXY: right, NO_PROXY: '' })],
  ['an address may lack its scheme', (right) => ({ HTTP_PROXY: right.replace('http://', '') })],
  ['no_proxy names other hosts', (right) => ({ HTTP_PROXY: right, NO_PROXY: 'other.test, reviews.test:8080' })],
])('%s', async (_, environment) => {
  await using there = await site();
  await using through = await proxy(there);
  const given = environment(`http://127.0.0.1:${through.port}`, 'http://127.0.0.1:1');
  expect(await textOf('http://reviews.test/a', given)).toBe('site /a');
  expect(through.asked).toHaveLength(1);
});

test.each<[string, Environment]>([
  ['names the host', { NO_PROXY: 'other.test,reviews.invalid' }],
  ['names its domain', { no_proxy: '.invalid' }],
  ['names every host', { NO_PROXY: '*' }],
])('a host is reached directly where no_proxy %s', async (_, environment) => {
  await using there = await site();
  await using through = await proxy(there);
  const HTTP_PROXY = `http://127.0.0.1:${through.port}`;
  // The name exists nowhere, so only the proxy could have answered.
  expect((await failureOf('http://reviews.invalid/a', { HTTP_PROXY, ...environment })).logged).toMatch(/ENOTFOUND|EAI_AGAIN/);
  expect(through.asked).toEqual([]);
});

test.each(['127.0.0.1', 'localhost'])('%s is this machine, which no proxy can reach', async (host) => {
  await using there = await site();
  const environment = { HTTP_PROXY: 'http://127.0.0.1:1', ALL_PROXY: 'http://127.0.0.1:1' };
  expect(await textOf(`http://${host}:${there.plain}/a`, environment)).toBe('site /a');
});

test('a proxy of one scheme is not asked for the other', async () => {
  await using there = await site();
  await using through = await proxy(there);
  await failureOf('http://reviews.invalid/a', { HTTPS_PROXY: `http://127.0.0.1:${through.port}` });
  await failureOf('https://reviews.invalid/a', { HTTP_PROXY: `http://127.0.0.1:${through.port}` });
  expect(through.asked).toEqual([]);
});

test.each(['http', 'https'])('credentials in the address of the proxy are sent to it, for %s', async (scheme) => {
  trustAnyCertificate();
  await using there = await site();
  await using through = await proxy(there, 407);
  const answer = await textOf(`${scheme}://reviews.test/a`, { ALL_PROXY: `http://me:p%40ss@127.0.0.1:${through.port}` });
  expect(answer).toMatch(/site \/a$/);
  expect(through.asked).toEqual([expect.stringMatching(/ me:p@ss$/)]);
});

test.each(['http', 'https'])('a proxy that wants credentials is named, and what to do, for %s', async (scheme) => {
  await using there = await site();
  await using through = await proxy(there, 407);
  const at = `127.0.0.1:${through.port}`;
  expect((await failureOf(`${scheme}://reviews.test/a`, { ALL_PROXY: `http://${at}` })).message).toBe(
    `the proxy http://${at} (ALL_PROXY) asks for a user and a password (407): write them into its address, as http://user:password@host:port`,
  );
  const { message, logged } = await failureOf(`${scheme}://reviews.test/a`, { all_proxy: `http://me:wr0ng@${at}` });
  expect(message).toMatch(`the proxy http://${at} (all_proxy) refuses the user or the password (407)`);
  expect(logged).not.toContain('wr0ng');
});

test('a proxy that refuses, or is not there, is named', async () => {
  await using there = await site();
  await using through = await proxy(there, 403);
  const at = `127.0.0.1:${through.port}`;
  expect((await failureOf('https://reviews.test/a', { HTTPS_PROXY: at })).message).toBe(
    `the proxy http://${at} (HTTPS_PROXY) refuses the connection (403)`,
  );
  const away = await failureOf('https://reviews.test/a', { https_proxy: 'http://me:s3cret@127.0.0.1:1' });
  expect(away.message).toBe('the proxy http://127.0.0.1:1 (https_proxy) cannot be reached');
  expect(away.logged).not.toContain('s3cret');
});

test.each(['ftp://me:s3cret@proxy.test', 'http://me:s3cret@:1:2', 'http://'])('an address that is none of a proxy: %s', async (wrong) => {
  const { message, logged } = await failureOf('http://reviews.test/a', { HTTP_PROXY: wrong });
  expect(message).toBe('HTTP_PROXY is not the address of a proxy, such as http://proxy.example:3128');
  expect(logged).not.toContain('s3cret');
});
