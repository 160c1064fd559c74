import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, type MockInstance, vi } from 'vitest';
import { ChangeWatch } from '../../src/http/change-watch.ts';
import { eventually } from '../support/eventually.ts';
import { geneticStudy, smallCampaign } from './definitions.ts';
import { startTestService, type TestService } from './service.ts';

let service: TestService;
beforeAll(async () => {
  service = await startTestService();
});
afterAll(() => service[Symbol.asyncDispose]());

let waits: MockInstance<ChangeWatch['changed']>;
beforeEach(() => {
  waits = vi.spyOn(ChangeWatch.prototype, 'changed');
});
afterEach(() => waits.mockRestore());
const areWaiting = (requests: number) => eventually(() => expect(waits).toHaveBeenCalledTimes(requests));

const create = async (): Promise<string> => `/v1/studies/${(await service.post('/v1/studies', geneticStudy())).json().id}`;
const ifNoneMatch = (etag: string | string[] | undefined) => ({ headers: { 'if-none-match': String(etag) } });

describe('?wait', () => {
  it('answers as soon as a study has changed, with any ETag or none from the client', async () => {
    const study = await create();
    const { etag } = (await service.get(study)).headers;
    const answers = [service.get(`${study}?wait=60`), service.app.inject({ url: `${study}?wait=60`, ...ifNoneMatch(etag) })];
    await areWaiting(2);
    await service.post(`${study}/pause`);
    for (const answer of await Promise.all(answers)) expect([answer.statusCode, answer.json().state]).toEqual([200, 'paused']);
  });

  it('is over after its time: 304 to a client that knows the study, the study to another', async () => {
    const study = await create();
    const { etag } = (await service.get(study)).headers;
    const [known, unknown] = await Promise.all([
      service.app.inject({ url: `${study}?wait=1`, ...ifNoneMatch(etag) }),
      service.get(`${study}?wait=1`),
    ]);
    expect([known.statusCode, unknown.statusCode]).toEqual([304, 200]);
  });

  it('does not wait where the client knows an older state, or the study has ended', async () => {
    const study = await create();
    const older = await service.app.inject({ url: `${study}?wait=60`, ...ifNoneMatch('"older"') });
    expect([older.statusCode, older.headers['retry-after']]).toEqual([200, '2']);
    await service.post(`${study}/cancel`);
    const ended = await service.get(`${study}?wait=60`);
    expect([ended.json().state, ended.headers['retry-after']]).toEqual(['cancelled', undefined]);
  });

  it('answers for campaigns too', async () => {
    const campaign = `/v1/campaigns/${(await service.post('/v1/campaigns', smallCampaign())).json().id}`;
    const wait = service.get(`${campaign}?wait=60`);
    await areWaiting(1);
    await service.post(`${campaign}/cancel`);
    expect((await wait).json().state).toBe('cancelled');
  });

  it.each(['61', '-1', '1.5', 'long'])('of %s is an invalid request', async (wait) => {
    expect((await service.get(`${await create()}?wait=${wait}`)).json()).toMatchObject({
      code: 'invalid-request',
      errors: [{ parameter: 'wait' }],
    });
  });

  it('ends when the service stops', async () => {
    const other = await startTestService();
    const { id } = (await other.post('/v1/studies', geneticStudy())).json();
    const address = await other.app.listen({ port: 0, host: '127.0.0.1' });
    const wait = fetch(`${address}/v1/studies/${id}?wait=60`);
    await areWaiting(1);
    await other[Symbol.asyncDispose]();
    expect((await wait).status).toBe(200);
  });
});

describe('addresses', () => {
  it('the root leads browsers to the documentation, and others to the first addresses', async () => {
    const browser = await service.get('/', { accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8' });
    expect([browser.statusCode, browser.headers.location, browser.headers['vary']]).toEqual([302, '/docs', 'accept']);
    for (const accept of [undefined, '*/*', 'application/json']) {
      const root = await service.get('/', accept === undefined ? {} : { accept });
      expect([root.statusCode, root.json()]).toMatchObject([200, { name: 'Clavier', version: '1.2.3' }]);
      for (const url of Object.values<string>(root.json().links)) expect((await service.app.inject({ url })).statusCode, url).toBe(200);
    }
  });

  it('a new study has the ETag of its first read', async () => {
    const made = await service.post('/v1/studies', geneticStudy());
    expect((await service.app.inject({ url: String(made.headers['location']), ...ifNoneMatch(made.headers['etag']) })).statusCode).toBe(
      304,
    );
  });

  it.each(['/v1/studies/', '/v1/campaigns/', '/v1/trials/', '/v1/presets/', '/v1/studies//trials'])('%s is not found', async (url) => {
    expect((await service.get(url)).json()).toMatchObject({ status: 404, code: 'route-not-found' });
  });

  it.each(['PUT', 'DELETE', 'OPTIONS'] as const)('an address that ends too early is not found for %s either', async (method) => {
    expect((await service.app.inject({ method, url: '/v1/studies/' })).json()).toMatchObject({ status: 404, code: 'route-not-found' });
  });

  it('the address of imports is no study, however it is written', async () => {
    for (const url of ['/v1/studies/import', '/v1/studies/%69mport']) {
      for (const method of ['GET', 'DELETE', 'PUT'] as const) {
        const answer = await service.app.inject({ method, url });
        expect([answer.statusCode, answer.headers['allow']]).toEqual([405, 'OPTIONS, POST']);
      }
    }
    const options = await service.app.inject({ method: 'OPTIONS', url: '/v1/studies/import' });
    expect([options.statusCode, options.headers['allow']]).toEqual([204, 'OPTIONS, POST']);
  });
});
