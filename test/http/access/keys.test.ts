import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Scope } from '../../../src/access/scope.ts';
import { newId } from '../../../src/shared/ids.ts';
import { geneticStudy, smallCampaign } from '../definitions.ts';
import { startTestService, type TestService } from '../service.ts';

let service: TestService;
beforeAll(async () => {
  service = await startTestService({ key: 'operators-own' });
  await post('/v1/projects', { name: 'vision' }, 'operators-own');
});
afterAll(() => service[Symbol.asyncDispose]());

const bearer = (key: string) => ({ authorization: `Bearer ${key}` });
const get = (url: string, key: string, headers = {}) => service.request({ url, headers: { ...bearer(key), ...headers } });
const post = (url: string, payload: object, key: string) => service.request({ method: 'POST', url, headers: bearer(key), payload });

/** The secret and the id of a new key. */
async function keyOf(scopes: readonly Scope[], more: object = {}): Promise<{ secret: string; id: string }> {
  const made = await post('/v1/keys', { name: `for ${scopes.join(' and ')}`, scopes, ...more }, 'operators-own');
  expect(made.statusCode, made.body).toBe(201);
  return made.json();
}

describe('a key', () => {
  it('is shown once, and stored as its digest alone', async () => {
    const { secret, id } = await keyOf(['read']);
    expect(secret).toMatch(/^clv_[A-Za-z0-9_-]{43}$/);
    const shown = await get(`/v1/keys/${id}`, 'operators-own');
    expect(shown.json()).toMatchObject({ id, lastFour: secret.slice(-4), project: 'default', state: 'active', scopes: ['read'] });
    expect(shown.body).not.toContain(secret);
    const [row] = await service.database.accessKey.findMany({ where: { id } });
    expect(JSON.stringify(row)).not.toContain(secret.slice(0, 20));
    expect((await get('/v1/studies', secret)).statusCode).toBe(200);
  });

  it('that nobody made, or of another form, is refused alike', async () => {
    for (const key of [`clv_${'A'.repeat(43)}`, 'clv_short', 'operators-owN']) {
      const refused = await get('/v1/studies', key);
      expect(refused.json()).toMatchObject({ code: 'unauthorized', detail: 'the key is none of this service' });
      expect(refused.headers['www-authenticate']).toBe('Bearer error="invalid_token"');
    }
  });

  it('is refused after it was revoked, at once here, and again and again', async () => {
    const { secret, id } = await keyOf(['read']);
    expect((await get('/v1/studies', secret)).statusCode).toBe(200);
    const first = await post(`/v1/keys/${id}/revoke`, {}, 'operators-own');
    expect(first.json()).toMatchObject({ state: 'revoked' });
    expect((await post(`/v1/keys/${id}/revoke`, {}, 'operators-own')).json()).toEqual(first.json());
    expect((await get('/v1/studies', secret)).json()).toMatchObject({ code: 'unauthorized', detail: 'the key is revoked' });
  });

  it('is refused after it expired, and cannot be made for the past', async () => {
    const soon = await keyOf(['read'], { expiresAt: new Date(Date.now() + 86_400_000).toISOString() });
    expect((await get('/v1/studies', soon.secret)).statusCode).toBe(200);
    const ended = await keyOf(['read'], { expiresAt: new Date(Date.now() + 86_400_000).toISOString() });
    await service.database.accessKey.update({ where: { id: ended.id }, data: { expiresAt: new Date(Date.now() - 1) } });
    expect((await get('/v1/studies', ended.secret)).json()).toMatchObject({ code: 'unauthorized', detail: 'the key has expired' });
    const past = await post('/v1/keys', { name: 'x', scopes: ['read'], expiresAt: '2020-01-01T00:00:00Z' }, 'operators-own');
    expect(past.json()).toMatchObject({ code: 'invalid-request', errors: [{ pointer: '/expiresAt', detail: 'must be in the future' }] });
  });

  it.each([
    [{ name: '', scopes: ['read'] }, '/name'],
    [{ name: 'x', scopes: [] }, '/scopes'],
    [{ name: 'x', scopes: ['root'] }, '/scopes/0'],
    [{ name: 'x', scopes: ['read', 'read'] }, '/scopes'],
    [{ name: 'x', scopes: ['read'], project: 'No Name' }, '/project'],
  ])('is not made from %j', async (body, pointer) => {
    const before = await service.checksum();
    const refused = await post('/v1/keys', body, 'operators-own');
    expect(refused.json()).toMatchObject({ code: 'invalid-request', errors: [{ pointer }] });
    expect(await service.checksum()).toBe(before);
  });

  it('is made for a project that there is', async () => {
    const refused = await post('/v1/keys', { name: 'x', scopes: ['read'], project: 'nobodys' }, 'operators-own');
    expect(refused.json()).toMatchObject({ code: 'project-not-found', detail: 'there is no project nobodys' });
  });

  it('makes keys of its own project alone, and sees no others', async () => {
    const admin = await keyOf(['admin'], { project: 'vision' });
    const { id: foreign } = await keyOf(['read']);
    for (const project of ['default', null]) {
      const refused = await post('/v1/keys', { name: 'x', scopes: ['admin'], project }, admin.secret);
      expect(refused.json()).toMatchObject({ code: 'forbidden', detail: 'a key of the project vision makes keys of that project only' });
    }
    const made = (await post('/v1/keys', { name: 'x', scopes: ['work'] }, admin.secret)).json();
    expect(made).toMatchObject({ project: 'vision', createdBy: admin.id });
    const listed = (await get('/v1/keys', admin.secret)).json().items.map(({ id }: { id: string }) => id);
    expect(listed).toEqual([made.id, admin.id]);
    expect((await get(`/v1/keys/${foreign}`, admin.secret)).statusCode).toBe(404);
    expect((await post(`/v1/keys/${foreign}/revoke`, {}, admin.secret)).statusCode).toBe(404);
  });

  it('says who it is', async () => {
    const { secret, id } = await keyOf(['work'], { project: 'vision' });
    expect((await get('/v1/caller', secret)).json()).toEqual({ keyId: id, project: 'vision', allProjects: false, scopes: ['work'] });
  });
});

describe('what a key creates', () => {
  it('names the key, and no export and no event does', async () => {
    const writer = await keyOf(['write']);
    const study = (await post('/v1/studies', geneticStudy(), writer.secret)).json();
    const campaign = (await post('/v1/campaigns', smallCampaign(), writer.secret)).json();
    expect([study.createdBy, campaign.createdBy]).toEqual([writer.id, writer.id]);
    const [part] = campaign.parts;
    expect((await get(`/v1/studies/${part.studyId}`, writer.secret)).json().createdBy).toBe(writer.id);
    expect((await get(`/v1/campaigns/${campaign.id}`, writer.secret)).json().createdBy).toBe(writer.id);
    for (const url of [
      ...['export', 'events', 'report'].map((rest) => `/v1/studies/${study.id}/${rest}`),
      `/v1/campaigns/${campaign.id}/export`,
    ]) {
      const { statusCode, body } = await get(url, writer.secret);
      expect([url, statusCode, body.includes(writer.id)]).toEqual([url, 200, false]);
    }
    expect((await post('/v1/studies', geneticStudy(), 'operators-own')).json().createdBy).toBeNull();
  });
});

describe('a service of one machine', () => {
  it('is open until its first key is made, and does not open again when all keys are gone', async () => {
    await using local = await startTestService();
    const without = async () => (await local.get('/v1/studies')).statusCode;
    expect(await without()).toBe(200);
    const made = (await local.post('/v1/keys', { name: 'first', scopes: ['admin'], project: null })).json();
    expect(await without()).toBe(401);
    const revoked = { method: 'POST', url: `/v1/keys/${made.id}/revoke`, headers: bearer(made.secret) } as const;
    expect((await local.request(revoked)).statusCode).toBe(200);
    expect(await without()).toBe(401);
  });
});

describe('a project', () => {
  it('is created by a caller of all projects alone, once', async () => {
    const admin = await keyOf(['admin']);
    expect((await post('/v1/projects', { name: 'audio' }, admin.secret)).json()).toMatchObject({ code: 'forbidden' });
    expect((await post('/v1/projects', { name: 'audio' }, 'operators-own')).statusCode).toBe(201);
    expect((await post('/v1/projects', { name: 'audio' }, 'operators-own')).json()).toMatchObject({ status: 409, code: 'project-exists' });
    expect((await get('/v1/projects', admin.secret)).json().items).toMatchObject([{ name: 'default' }]);
  });

  it('has what its keys create, and the operator finds it by the header', async () => {
    const writer = await keyOf(['write'], { project: 'vision' });
    const created = (await post('/v1/studies', geneticStudy(), writer.secret)).json();
    const ids = async (key: string, headers = {}) =>
      (await get('/v1/studies', key, headers)).json().items.map(({ id }: { id: string }) => id);
    expect(await ids(writer.secret)).toEqual([created.id]);
    expect(await ids('operators-own')).not.toContain(created.id);
    expect(await ids('operators-own', { 'clavier-project': 'vision' })).toEqual([created.id]);
    expect(await service.database.trial.findMany({ where: { studyId: created.id, project: { not: 'vision' } } })).toEqual([]);
    expect((await get('/v1/studies', 'operators-own', { 'clavier-project': 'nobodys' })).json()).toMatchObject({
      code: 'project-not-found',
    });
    const trace = { method: 'TRACE', url: '/v1/studies', headers: { ...bearer('operators-own'), 'clavier-project': 'nobodys' } } as const;
    expect((await service.app.inject(trace as never)).statusCode).toBe(405);
    expect((await get('/v1/studies', writer.secret, { 'clavier-project': 'default' })).json()).toMatchObject({ code: 'forbidden' });
  });

  it('gives no results to a study of another: warm start finds there what it finds of a study that is not', async () => {
    const [own, other] = [await keyOf(['write'], { project: 'vision' }), await keyOf(['write'])];
    const { id } = (await post('/v1/studies', geneticStudy(), own.secret)).json();
    const from = (study: string, key: string) => post('/v1/studies', geneticStudy({ warmStart: [{ study }] }), key);
    expect((await from(id, own.secret)).statusCode).toBe(201);
    const unknown = newId();
    for (const [body, study] of [
      [await from(id, other.secret), id],
      [await from(unknown, other.secret), unknown],
    ] as const)
      expect(body.json()).toMatchObject({
        code: 'invalid-study',
        errors: [{ pointer: '/warmStart/0/study', detail: `there is no study ${study}` }],
      });
    expect((await post('/v1/studies', geneticStudy({ warmStart: [{ study: id }], dryRun: true }), other.secret)).statusCode).toBe(422);
  });

  it('may have a request of the same Idempotency-Key as another', async () => {
    const [one, other] = [await keyOf(['write']), await keyOf(['write'], { project: 'vision' })];
    const create = (key: string) =>
      service.request({
        method: 'POST',
        url: '/v1/studies',
        headers: { ...bearer(key), 'idempotency-key': 'k1' },
        payload: geneticStudy(),
      });
    const [first, second, again] = [await create(one.secret), await create(other.secret), await create(other.secret)];
    expect(second.json().id).not.toBe(first.json().id);
    expect(again.json().id).toBe(second.json().id);
  });
});
