import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { newSecret } from '../../src/access/secret.ts';
import { createTestDatabase } from '../store/database.ts';
import { runSql } from '../store/server.ts';
import { eventually } from '../support/eventually.ts';
import { dataFolder } from './data-folder.ts';
import { startProcess } from './service-process.ts';
import { knownStudy } from './studies.ts';

/** The secrets of a whole run, and the texts that leave the service, by name. */
interface Run {
  readonly secrets: string[];
  readonly texts: Record<string, string>;
}

/** Every secret that a text has: without the mark, which the log keeps, and the end, which people may see. */
const foundIn = (text: string, secrets: readonly string[]): string[] =>
  secrets.filter((secret) => text.includes(secret.replace(/^(clv|whsec)_/, '').slice(0, -4)) || text.includes(encodeURIComponent(secret)));

/** Sends a request, and keeps the answer; an answer that shows a new key is returned alone. */
function sender(base: string, { texts }: Run) {
  return async (key: string, path: string, init: RequestInit = {}): Promise<{ status: number; json(): Record<string, string> }> => {
    const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json', ...init.headers };
    const answer = await fetch(`${base}${path}`, { ...init, headers });
    const body = await answer.text();
    const isNewKey = path === '/v1/keys' && answer.status === 201;
    const place = `${init.method ?? 'GET'} ${path.split('?')[0]} ${Object.keys(texts).length}`;
    if (!isNewKey) texts[place] = `${JSON.stringify([...answer.headers])} ${body}`;
    return { status: answer.status, json: () => JSON.parse(body) };
  };
}

/** Uses a service with every kind of key, rightly and wrongly. */
async function use(base: string, operator: string, run: Run): Promise<void> {
  const send = sender(base, run);
  const post = (key: string, path: string, body: object = {}) => send(key, path, { method: 'POST', body: JSON.stringify(body) });
  const newKey = async (scopes: string[]) => {
    const made = (await post(operator, '/v1/keys', { name: scopes.join(), scopes })).json();
    run.secrets.push(String(made['secret']));
    return { id: String(made['id']), secret: String(made['secret']) };
  };
  const [admin, writer] = [await newKey(['admin']), await newKey(['write'])];
  const { id } = (await post(writer.secret, '/v1/studies', knownStudy)).json();
  await eventually(async () => (await send(writer.secret, `/v1/studies/${id}`)).json()['state'] === 'completed', {
    until: 'the study has ended',
  });
  for (const rest of ['/export', '/events', '/report', '/trials.csv']) await send(writer.secret, `/v1/studies/${id}${rest}`);
  for (const path of ['/metrics', '/v1/audit', '/v1/keys', '/v1/caller', '/openapi.json', '/docs/', '/problems/unauthorized'])
    expect((await send(path === '/metrics' || path === '/docs/' ? operator : admin.secret, path)).status, path).toBe(200);
  // In the wrong place: in addresses, of every kind.
  for (const secret of run.secrets) {
    const text = encodeURIComponent(secret);
    for (const path of [`/v1/studies?key=${text}`, `/v1/keys/${text}`, `/nothing/${text}`, `/v1/studies?${text}=1`, `/healthz?key=${text}`])
      await send(admin.secret, path);
    expect((await send(secret.slice(0, -1), '/v1/studies')).status).toBe(401);
  }
  expect((await send(writer.secret, '/v1/studies', { method: 'POST', body: '{"name"' })).status).toBe(400);
  expect((await post(writer.secret, '/v1/keys', { name: 'x', scopes: ['read'] })).status).toBe(403);
  await post(admin.secret, `/v1/keys/${writer.id}/revoke`);
  expect((await send(writer.secret, '/v1/studies')).status).toBe(401);
  await send(operator, `/v1/studies/${id}`, { method: 'DELETE' });
}

test('no secret of a whole run is in the log, an answer, a table or a report of the process', async () => {
  await using database = await createTestDatabase();
  await using folder = await dataFolder();
  const operator = `op/${randomBytes(24).toString('base64')}+"'&`;
  const run: Run = { secrets: [operator, newSecret(), `whsec_${randomBytes(24).toString('base64')}`], texts: {} };
  const password = new URL(database.url).password;
  const settings = { DATABASE_URL: database.url, CLAVIER_DATA_DIR: folder.path, CLAVIER_KEY: operator, CLAVIER_LOG_LEVEL: 'trace' };
  await using service = startProcess(['serve'], settings, ['--report-on-signal', `--report-directory=${folder.path}`]);
  await use(await service.url(), operator, run);

  const reports = (): string[] => readdirSync(folder.path).filter((name) => /^report\..*\.json$/.test(name));
  service.signal('SIGUSR2');
  await eventually(() => reports().length > 0 && readFileSync(join(folder.path, reports()[0] ?? ''), 'utf8').endsWith('}\n'), {
    until: 'the process has written its report',
  });
  run.texts['report of the process'] = readFileSync(join(folder.path, reports()[0] ?? ''), 'utf8');
  run.texts['log'] = service.output();
  const { rows } = await runSql(database.url, "SELECT tablename FROM pg_tables WHERE schemaname = 'public'");
  for (const { tablename } of rows)
    run.texts[`table ${tablename}`] = JSON.stringify((await runSql(database.url, `SELECT t::text FROM "${tablename}" t`)).rows);

  expect(run.texts['log']).toContain('GET /v1/studies?key=clv_… 422');
  expect(run.texts['log']).toContain('GET /v1/studies?key=… 422');
  expect(run.texts['report of the process']).toContain('"environmentVariables"');
  expect(run.texts['table audit_entry']).toContain('study-deleted');
  for (const [place, text] of Object.entries(run.texts)) expect([place, foundIn(text, run.secrets)]).toEqual([place, []]);
  // The password of the server is one that a test chose, and may be a common word: it is sought with its place in an address alone.
  if (password !== '') expect(run.texts['log']).not.toContain(`:${password}@`);
  expect(run.texts['report of the process']).not.toContain(database.url);
  expect(readFileSync(`/proc/${service.pid}/coredump_filter`, 'utf8').trim()).toBe('00000000');
});
