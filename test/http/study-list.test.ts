import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { geneticStudy, smallCampaign } from './definitions.ts';
import { startTestService, type TestService } from './service.ts';

let service: TestService;
const ids: Record<string, string> = {};
beforeAll(async () => {
  service = await startTestService();
  const create = async (name: string, changes: object) => {
    ids[name] = (await service.post('/v1/studies', geneticStudy({ name, ...changes }))).json().id;
  };
  await create('first', { labels: { team: 'search', host: 'a' } });
  await create('second', { labels: { team: 'ads' } });
  await create('third', { labels: { team: 'search' } });
  await service.post(`/v1/studies/${ids['second']}/pause`);
  await service.post(`/v1/studies/${ids['third']}/cancel`);
  ids['campaign'] = (await service.post('/v1/campaigns', smallCampaign())).json().id;
});
afterAll(() => service[Symbol.asyncDispose]());

const names = async (query: string): Promise<string[]> =>
  (await service.get(`/v1/studies?${query}`)).json().items.map(({ name }: { name: string }) => name);

describe('the list of studies', () => {
  it.each([
    ['campaign=none', ['third', 'second', 'first']],
    ['campaign=none&sort=oldest', ['first', 'second', 'third']],
    ['campaign=none&state=paused&state=cancelled', ['third', 'second']],
    ['label=team', ['third', 'second', 'first']],
    ['label=team%3Dsearch', ['third', 'first']],
    ['label=team%3Dsearch&label=host', ['first']],
    ['label=absent', []],
    ['createdAfter=2199-01-01T00:00:00Z', []],
    ['campaign=none&createdBefore=2199-01-01T00:00:00Z&limit=1', ['third']],
  ])('?%s', async (query, expected) => {
    expect(await names(query)).toEqual(expected);
  });

  it('has the parts of a campaign by its id', async () => {
    expect((await names(`campaign=${ids['campaign']}&sort=oldest`)).map((name) => name.split(' ').at(-1))).toEqual(['random', 'genetic']);
  });

  it('goes on where a page ended, in its order and with its filters only', async () => {
    const query = '/v1/studies?campaign=none&sort=oldest&limit=2';
    const page = (await service.get(query)).json();
    expect((await service.get(`${query}&cursor=${page.nextCursor}`)).json().items).toMatchObject([{ name: 'third' }]);
    const other = await service.get(`/v1/studies?campaign=none&limit=2&cursor=${page.nextCursor}`);
    expect(other.json().code).toBe('invalid-cursor');
  });

  it.each(['campaign=some', 'label=-', 'label=%3Dsearch', 'createdAfter=yesterday', 'sort=best', 'state=active&state=new'])(
    '?%s is an invalid request',
    async (query) => {
      expect((await service.get(`/v1/studies?${query}`)).json()).toMatchObject({ status: 422, code: 'invalid-request' });
    },
  );

  it('shows the progress and the best trial of each', async () => {
    const [, , third] = [ids['second'], ids['third'], ids['first']];
    await service.database.$executeRaw`
      UPDATE trial SET state = 'completed', value = 1 - number * 0.1, score = 1 - number * 0.1, finished_at = now()
      WHERE study_id = ${third}::uuid AND number < 3`;
    await service.database
      .$executeRaw`UPDATE trial SET state = 'failed', error = '{"code": "training-error", "message": "so"}', finished_at = now() WHERE study_id = ${third}::uuid AND number = 3`;
    const { items } = (await service.get('/v1/studies?name=first')).json();
    const best = (await service.get(`/v1/studies/${third}/leaderboard?limit=1`)).json().items[0];
    expect(items[0]).toMatchObject({
      progress: { finished: 4, planned: 10, observed: 0, suggested: 4 },
      best: { trialId: best.id, number: 0, value: 1, parameters: best.parameters },
    });
    expect((await service.get('/v1/studies?name=second')).json().items[0].best).toBeNull();
  });
});

it('the list of campaigns has the same filters', async () => {
  const list = async (query: string) => (await service.get(`/v1/campaigns?${query}`)).json().items.length;
  expect(await Promise.all([list('state=active&state=paused'), list('state=paused'), list('createdBefore=2001-01-01T00:00:00Z')])).toEqual([
    1, 0, 0,
  ]);
});
