import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { commandLine } from '../../../src/access/audit.ts';
import { editableProject } from '../../../src/access/project.ts';
import { accessStore } from '../../../src/store/access/access-store.ts';
import { eventually } from '../../support/eventually.ts';
import { externalStudy, geneticStudy, smallCampaign } from '../definitions.ts';
import { startTestService, type TestService } from '../service.ts';

const operator = 'operators-own';
const headers = { authorization: `Bearer ${operator}`, 'clavier-project': 'vision' };

/** One for each test: a process learns of quotas within seconds, and a test waits for no time. */
let service: TestService;
beforeEach(async () => {
  service = await startTestService({ key: operator });
  await request('POST', '/v1/projects', { name: 'vision' });
});
afterEach(() => service[Symbol.asyncDispose]());

const request = (method: 'GET' | 'POST' | 'PATCH' | 'DELETE', url: string, payload?: object) =>
  service.request({
    method,
    url,
    headers: url.startsWith('/v1/projects') ? { authorization: headers.authorization } : headers,
    ...(payload && { payload }),
  });
const change = (payload: object) => request('PATCH', '/v1/projects/vision', payload);
const quota = (quotas: object) => change({ quotas });
const create = (definition: object = geneticStudy()) => request('POST', '/v1/studies', definition);
const sql = (text: string) => service.database.$executeRawUnsafe(text);

/** A request that a quota refuses, without a change of any row. */
async function refused(send: () => ReturnType<typeof request>) {
  const before = await service.checksum();
  const response = await send();
  expect([response.statusCode, response.json().code]).toEqual([429, 'quota-exceeded']);
  expect(await service.checksum()).toBe(before);
  return { detail: String(response.json().detail), retryAfter: response.headers['retry-after'] };
}

describe('a project', () => {
  it('has weight and quotas, which change one by one and are lifted by null', async () => {
    const first = await change({ weight: 3, quotas: { openStudies: 4, storedBytes: 5_000_000_000_000 } });
    const unlimited = { openStudies: null, trialsPerDay: null, storedBytes: null, slots: null };
    expect(first.json()).toMatchObject({ weight: 3, quotas: { ...unlimited, openStudies: 4, storedBytes: 5_000_000_000_000 } });
    const second = await quota({ openStudies: null, slots: 2 });
    expect(second.json()).toMatchObject({ weight: 3, quotas: { ...unlimited, storedBytes: 5_000_000_000_000, slots: 2 } });
    expect((await request('GET', '/v1/projects/vision')).json()).toEqual(second.json());
    expect((await change({})).json()).toEqual(second.json());
    expect((await request('PATCH', '/v1/projects/vision')).json()).toMatchObject({ code: 'invalid-request', errors: [{ pointer: '' }] });
  });

  it('is changed under If-Match only as it was read', async () => {
    const under = (tag: unknown, weight: number) =>
      service.request({
        method: 'PATCH',
        url: '/v1/projects/vision',
        payload: { weight },
        headers: { authorization: headers.authorization, 'if-match': String(tag) },
      });
    const { etag } = (await request('GET', '/v1/projects/vision')).headers;
    const first = await under(etag, 2);
    expect([first.statusCode, first.json().weight]).toEqual([200, 2]);
    const before = await service.checksum();
    expect((await under(etag, 3)).json()).toMatchObject({ status: 412, code: 'precondition-failed' });
    expect(await service.checksum()).toBe(before);
    expect((await under(first.headers.etag, 4)).statusCode).toBe(200);
    const store = accessStore(service.database);
    const found = await store.project('vision');
    await change({ weight: 5 });
    expect(await store.changeProject('vision', { weight: 6 }, commandLine, found && editableProject(found))).toBe('changed');
    expect((await request('GET', '/v1/projects/vision')).json().weight).toBe(5);
  });

  it('is changed under the ETag of a read before its usage changed, which a read under If-None-Match shows', async () => {
    const { etag } = (await request('GET', '/v1/projects/vision')).headers;
    const read = () =>
      service.request({ url: '/v1/projects/vision', headers: { authorization: headers.authorization, 'if-none-match': String(etag) } });
    expect((await read()).statusCode).toBe(304);
    await service.database.project.update({ where: { name: 'vision' }, data: { bytesUsed: 7n, measuredAt: new Date() } });
    expect((await read()).json().usage.storedBytes).toBe(7);
    const changed = await service.request({
      method: 'PATCH',
      url: '/v1/projects/vision',
      payload: { weight: 8 },
      headers: { authorization: headers.authorization, 'if-match': String(etag) },
    });
    expect([changed.statusCode, changed.json().weight]).toEqual([200, 8]);
  });

  it.each([
    [{ weight: 0 }],
    [{ weight: 1001 }],
    [{ weight: 1.5 }],
    [{ weight: null }],
    [{ quotas: { slots: -1 } }],
    [{ quotas: { memory: 1 } }],
    [{ name: 'x' }],
  ])('refuses the change %j', async (wrong) => {
    const before = await service.checksum();
    expect((await change(wrong)).json()).toMatchObject({ status: 422, code: 'invalid-request' });
    expect(await service.checksum()).toBe(before);
  });

  it('is not changed by its own administrators', async () => {
    const own = (await request('POST', '/v1/keys', { name: 'own', scopes: ['admin'], project: 'vision' })).json();
    const asked = await service.request({
      method: 'PATCH',
      url: '/v1/projects/vision',
      headers: { authorization: `Bearer ${own.secret}` },
      payload: { weight: 1000 },
    });
    expect(asked.json()).toMatchObject({ code: 'forbidden', detail: 'only a key of all projects changes projects' });
  });

  it('shows what it uses', async () => {
    await create();
    const { id } = (await create()).json();
    await request('POST', `/v1/studies/${id}/cancel`);
    await sql(
      "UPDATE trial SET state = 'running', lease_runner = gen_random_uuid(), lease_token = gen_random_uuid(), lease_until = now() WHERE id = (SELECT min(id::text)::uuid FROM trial WHERE state = 'queued')",
    );
    const { usage } = (await request('GET', '/v1/projects/vision')).json();
    expect(usage).toEqual({ openStudies: 1, trialsToday: 8, storedBytes: null, measuredAt: null, slots: 1 });
    expect((await request('GET', '/v1/projects/default')).json().usage).toMatchObject({ openStudies: 0, trialsToday: 0 });
  });
});

describe('the quota openStudies', () => {
  it('refuses a study and a campaign beyond it, with the numbers and what to do', async () => {
    await quota({ openStudies: 1 });
    expect((await create()).statusCode).toBe(201);
    const { detail, retryAfter } = await refused(() => create());
    expect(detail).toBe(
      'the project vision would have 2 open studies, and its quota openStudies is 1: wait until one ends, cancel one, or ask an administrator for more',
    );
    expect(retryAfter).toBeUndefined();
    await refused(() => request('POST', '/v1/campaigns', smallCampaign()));
    expect((await service.post('/v1/studies', geneticStudy())).statusCode).toBe(401);
    expect(
      (
        await service.request({
          method: 'POST',
          url: '/v1/studies',
          headers: { authorization: headers.authorization },
          payload: geneticStudy(),
        })
      ).statusCode,
    ).toBe(201);
  });

  it('lets one of two requests at once take the last place', async () => {
    await quota({ openStudies: 3 });
    const statuses = (await Promise.all(Array.from({ length: 6 }, () => create()))).map(({ statusCode }) => statusCode);
    expect(statuses.toSorted()).toEqual([201, 201, 201, 429, 429, 429]);
  });

  it('has a place again when a study ends, and takes ended ones from an import', async () => {
    await quota({ openStudies: 1 });
    const { id } = (await create()).json();
    await request('POST', `/v1/studies/${id}/cancel`);
    const document = (await request('GET', `/v1/studies/${id}/export`)).json();
    expect((await create()).statusCode).toBe(201);
    expect((await request('POST', '/v1/studies/import', { document })).statusCode).toBe(201);
    await refused(() => create());
  });

  it('refuses to open a study again by a larger budget', async () => {
    const { id } = (await create(externalStudy({ budget: { trials: 1 } }))).json();
    const [trial] = (await request('POST', `/v1/studies/${id}/ask`, { worker: 'test' })).json().trials;
    await request('POST', `/v1/trials/${trial.id}/complete`, { token: trial.lease.token, values: { accuracy: 0.5 } });
    await eventually(async () => expect((await request('GET', `/v1/studies/${id}`)).json().state).toBe('completed'));
    await quota({ openStudies: 0 });
    await refused(() => request('POST', `/v1/studies/${id}/extend`, { budget: { trials: 2 } }));
    await quota({ openStudies: 1 });
    expect((await request('POST', `/v1/studies/${id}/extend`, { budget: { trials: 2 } })).json().state).toBe('active');
  });
});

describe('the quota trialsPerDay', () => {
  it('refuses new studies and given trials until midnight UTC, and workers get none', async () => {
    const { id } = (await create(externalStudy({ parallelism: 2 }))).json();
    await request('POST', `/v1/studies/${id}/trials`, { trials: [{ parameters: { x: 0.5, n: 3 } }] });
    const used = (await request('GET', '/v1/projects/vision')).json().usage.trialsToday;
    expect(used).toBeGreaterThan(0);
    await quota({ trialsPerDay: used });
    const { detail, retryAfter } = await refused(() => create());
    expect(detail).toBe(
      `the project vision created ${used} trials today, and its quota trialsPerDay is ${used}: go on after midnight UTC, or ask an administrator for more`,
    );
    expect(Number(retryAfter)).toBeGreaterThan(0);
    expect(Number(retryAfter)).toBeLessThanOrEqual(86_400);
  });

  it('counts trials of today alone, also of studies that began earlier', async () => {
    const { id } = (await create(geneticStudy())).json();
    await sql("UPDATE study SET created_at = created_at - interval '2 days'");
    await sql("UPDATE trial SET queued_at = queued_at - interval '2 days' WHERE number < 3");
    expect((await request('GET', '/v1/projects/vision')).json().usage.trialsToday).toBe(1);
    await sql("UPDATE trial SET queued_at = queued_at - interval '2 days'");
    expect((await request('GET', '/v1/projects/vision')).json().usage.trialsToday).toBe(0);
    await quota({ trialsPerDay: 1 });
    expect((await create()).statusCode).toBe(201);
    await refused(() => create());
    expect(id).toBeDefined();
  });
});

describe('the quota storedBytes', () => {
  it('refuses new studies while more is stored', async () => {
    await create();
    await quota({ storedBytes: 1000 });
    await sql("UPDATE project SET bytes_used = 1000 WHERE name = 'vision'");
    const { detail } = await refused(() => create());
    expect(detail).toContain('stores 1000 bytes, and its quota storedBytes is 1000: delete studies, which counts within minutes');
    await sql("UPDATE project SET bytes_used = 999 WHERE name = 'vision'");
    expect((await create()).statusCode).toBe(201);
  });
});

describe.each([
  ['trialsPerDay', 'UPDATE project SET trials_per_day = 0'],
  ['storedBytes', 'UPDATE project SET stored_bytes = 10, bytes_used = 20'],
])('a project that has used up its quota %s', (_name, spend) => {
  it('gives no trial to workers, and tells them so', async () => {
    // On-demand: the trial would be made by the request.
    const { id } = (await create(externalStudy({ schedule: 'asynchronous' }))).json();
    await sql(`${spend} WHERE name = 'vision'`);
    const asked = (await request('POST', `/v1/studies/${id}/ask`, { worker: 'test' })).json();
    expect(asked).toMatchObject({ trials: [], waiting: { reason: 'quota', retryAfterSeconds: 60 } });
  });

  it('takes no given trials', async () => {
    const { id } = (await create(externalStudy())).json();
    await sql(`${spend} WHERE name = 'vision'`);
    await refused(() => request('POST', `/v1/studies/${id}/trials`, { trials: [{ parameters: { x: 0.5, n: 3 } }] }));
  });
});
