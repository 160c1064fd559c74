import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestService, type TestService } from './service.ts';
import { workerClient } from './worker-client.ts';

let service: TestService;
beforeAll(async () => {
  service = await startTestService();
});
afterAll(() => service[Symbol.asyncDispose]());

const { create, one, ask, tell, ended, verified } = workerClient(() => service);

const several = {
  metrics: [{ name: 'accuracy' }, { name: 'latency' }],
  sampler: { type: 'random' },
  budget: { trials: 7 },
  objective: {
    type: 'external',
    metrics: [
      { name: 'accuracy', direction: 'maximize' },
      { name: 'latency', direction: 'minimize' },
      { name: 'memory', direction: 'minimize' },
    ],
  },
};

/** Accuracy, latency, memory of the trials, in order. Trials 0, 2 and 4 are the front; 1 and 6 the next; 3 is too large, 5 has no latency. */
const results = [
  [0.7, 100, 1],
  [0.7, 120, 1],
  [0.8, 200, 1],
  [0.95, 50, 3],
  [0.9, 400, 2],
  [0.9, 'NaN', 1],
  [0.75, 210, 2],
] as const;

/** A study with these results. @returns its id */
async function finished(changes: Record<string, unknown> = {}): Promise<string> {
  const id = await create({ ...several, ...changes });
  for (const [accuracy, latency, memory] of results) {
    const response = await tell(await one(id, { waitSeconds: 5 }), 'complete', { values: { accuracy, latency, memory } });
    expect(response.statusCode, response.body).toBe(200);
  }
  await ended(id);
  return id;
}

const constraints = [{ metric: 'memory', max: 2 }];
const get = async (url: string) => (await service.get(`/v1/studies/${url}`)).json();
type Item = { rank: number; number: number; front: number | null; crowding: number | null };
const places = (items: Item[]) => items.map(({ number, front, crowding }) => [number, front, crowding]);

describe('a study with several metrics', () => {
  it('ranks by front and crowding, then trials beyond a limit, then those that lack a value', async () => {
    const id = await finished({ constraints });
    const { items } = await get(`${id}/leaderboard`);
    expect(places(items)).toEqual([
      [0, 1, null],
      [4, 1, null],
      // Of both metrics its neighbours are the ends.
      [2, 1, 2],
      [1, 2, null],
      [6, 2, null],
      [3, null, null],
      [5, null, null],
    ]);
    expect(items.map(({ rank }: Item) => rank)).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect(places((await get(`${id}/leaderboard?limit=2`)).items)).toEqual([
      [0, 1, null],
      [4, 1, null],
    ]);
    await verified(id);
  });

  it('shows all metrics of the members of its generations', async () => {
    const id = await finished({ sampler: { type: 'nsga2', population: 7 }, budget: { generations: 1 } });
    const { items } = await get(`${id}/generations`);
    expect(items).toMatchObject([{ number: 0, trials: 7, best: null, mean: null }]);
    const members = items[0].population.sort((one: { trial: number }, other: { trial: number }) => one.trial - other.trial);
    expect(members.map(({ value, values }: Record<string, unknown>) => ({ value, values }))).toEqual(
      results.map(([accuracy, latency]) =>
        latency === 'NaN' ? { value: null, values: null } : { value: accuracy, values: { accuracy, latency } },
      ),
    );
    const alone = await finished({
      metrics: [{ name: 'accuracy' }],
      sampler: { type: 'nsga2', population: 7 },
      budget: { generations: 1 },
    });
    expect((await get(`${alone}/generations`)).items[0].population[0]).not.toHaveProperty('values');
  });

  it('has a front in place of a best trial', async () => {
    const id = await finished({ constraints });
    expect(await get(id)).toMatchObject({ best: null, front: { size: 3 } });
    const list = (await service.get('/v1/studies')).json().items.find((item: { id: string }) => item.id === id);
    expect(list).toMatchObject({ best: null, metrics: [{ name: 'accuracy' }, { name: 'latency' }] });
    const front = await get(`${id}/front`);
    expect(front).toMatchObject({ size: 3, metrics: [{ direction: 'maximize' }, { direction: 'minimize' }] });
    expect(places(front.items)).toEqual([
      [0, 1, null],
      [4, 1, null],
      [2, 1, 2],
    ]);
    // The worst values of trials that keep the limit: only trial 2 is better in both.
    expect(front.reference).toEqual([
      { name: 'accuracy', value: 0.7 },
      { name: 'latency', value: 400 },
    ]);
    expect(front.hypervolume).toBeCloseTo(0.1 * 200, 9);
  });

  it('measures the hypervolume from a reference point that a client names', async () => {
    const id = await finished({ constraints });
    const front = await get(`${id}/front?reference=0.6,500&limit=1`);
    expect(front).toMatchObject({ size: 3, items: [{ number: 0 }] });
    // By latency: 400 to 500 with 0.9, 200 to 400 with 0.8, 100 to 200 with 0.7.
    expect(front.hypervolume).toBeCloseTo(100 * 0.3 + 200 * 0.2 + 100 * 0.1, 9);
    for (const reference of ['0.5', '0.5,1,2', '0.5,x', '0.5,1e999']) {
      const response = await service.get(`/v1/studies/${id}/front?reference=${reference}`);
      expect(response.json()).toMatchObject({ status: 422, errors: [{ parameter: 'reference' }] });
    }
  });

  it('has the best trial as its front where it has one metric', async () => {
    const id = await create();
    expect(await get(`${id}/front`)).toMatchObject({ size: 0, items: [], hypervolume: null, reference: null });
    await tell(await one(id), 'complete', { values: { accuracy: 0.5 } });
    expect(await get(`${id}/front`)).toMatchObject({ size: 1, items: [{ number: 0, value: 0.5 }], hypervolume: null });
    expect(await get(id)).not.toHaveProperty('front');
    expect((await get(`${id}/leaderboard`)).items[0]).not.toHaveProperty('front');
  });

  it.each(['random', 'quasi-random', 'nsga2', 'tpe', 'gp', 'auto'] as const)(
    'is exported, imported and verified, with the same front (%s)',
    async (type) => {
      const id = await finished({ constraints, sampler: { type } });
      const document = await get(`${id}/export`);
      const response = await service.post('/v1/studies/import', { document });
      expect(response.statusCode, response.body).toBe(201);
      const copy = response.json().id;
      await verified(copy);
      expect(places((await get(`${copy}/leaderboard`)).items)).toEqual(places((await get(`${id}/leaderboard`)).items));
      expect((await service.get(`/v1/studies/${copy}/export?provenance=false`)).body).toBe(
        (await service.get(`/v1/studies/${id}/export?provenance=false`)).body,
      );
    },
  );

  it('has a report with the front and its growth, as a page too', async () => {
    const id = await finished({ constraints });
    const { front, leaders, bestSoFar } = await get(`${id}/report`);
    expect(front).toMatchObject({
      size: 3,
      metrics: [
        { name: 'accuracy', direction: 'maximize' },
        { name: 'latency', direction: 'minimize' },
      ],
      members: [{ trial: 0 }, { trial: 4 }, { trial: 2, values: { accuracy: 0.8, latency: 200 } }],
      reference: [{ value: 0.7 }, { value: 400 }],
    });
    expect(front.others).toMatchObject([
      { trial: 1, violation: 0 },
      { trial: 3, violation: 0.5 },
      { trial: 6, violation: 0 },
    ]);
    expect(front.hypervolumes.at(-1)).toMatchObject({ trials: 7 });
    expect(front.hypervolumes.at(-1).hypervolume).toBeCloseTo(20, 9);
    expect([leaders, bestSoFar[0].improvements]).toEqual([[], []]);
    const page = (await service.get(`/v1/studies/${id}/report.html`)).body;
    expect(page).toContain('3 trials on the front');
    expect(page).toContain('latency against accuracy');
    expect(page).toContain('Hypervolume');
    expect(page).toContain('<dt>limits</dt><dd>memory at most 2</dd>');
    expect(page).toContain('no other trial within the limits');
    expect(page).toContain('2 other trials, and 1 trial beyond a limit');
  });

  it('compares with no other study, because no single value ranks it', async () => {
    const [one, other] = [await finished(), await finished()];
    const response = await service.get(`/v1/compare?study=${one}&study=${other}`);
    expect(response.json()).toMatchObject({ status: 422, code: 'not-comparable' });
  });

  it('starts with the results of one with the same metrics', async () => {
    const id = await finished();
    const copy = (await service.post('/v1/studies', { ...(await get(id)).spec, warmStart: [{ study: id }], name: 'warm' })).json();
    // A known result that lacks a value is copied as it is.
    expect(copy).toMatchObject({ trials: { completed: 7 }, front: { size: 1 } });
    await verified(copy.id);
  });

  it('shows the front while trials finish in any order', async () => {
    const id = await create({ ...several, parallelism: 7 });
    const trials = await ask(id, { count: 7 });
    const order = [6, 1, 5, 0, 3, 2, 4];
    const sizes: number[] = [];
    for (const place of order) {
      const [accuracy, latency, memory] = results[place] as (typeof results)[number];
      const trial = trials.find(({ number }) => number === place);
      if (trial) await tell(trial, 'complete', { values: { accuracy, latency, memory } });
      sizes.push((await get(id)).front.size);
    }
    // Without a limit of memory trial 3 is better than all others.
    expect(sizes).toEqual([1, 2, 2, 2, 1, 1, 1]);
    await ended(id);
    await verified(id);
  });

  it('is refused where the sampler knows one metric only, or with a target value', async () => {
    const wrong = async (changes: object) =>
      (
        await service.post('/v1/studies', {
          name: 'x',
          searchSpace: [{ type: 'float', name: 'x', low: 0, high: 1 }],
          ...several,
          ...changes,
        })
      ).json();
    expect(await wrong({ sampler: { type: 'cma-es' } })).toMatchObject({ errors: [{ pointer: '/sampler/type' }] });
    expect(await wrong({ budget: { trials: 5, targetValue: 0.9 } })).toMatchObject({ errors: [{ pointer: '/budget/targetValue' }] });
    expect(await wrong({ metrics: [{ name: 'accuracy' }, { name: 'accuracy' }] })).toMatchObject({ errors: [{ pointer: '/metrics' }] });
    expect(await wrong({ metrics: [{ name: 'accuracy' }, { name: 'speed' }] })).toMatchObject({ errors: [{ pointer: '/metrics/1/name' }] });
    const five = ['a', 'b', 'c', 'd', 'e'].map((name) => ({ name }));
    expect((await wrong({ metrics: five })).errors).toContainEqual({ pointer: '/metrics', detail: 'must have 1 to 4 metrics' });
  });

  it('refuses a result without one of its metrics', async () => {
    const id = await create(several);
    const response = await tell(await one(id), 'complete', { values: { accuracy: 0.5 } });
    expect(response.json()).toMatchObject({ status: 422, errors: [{ pointer: '/values', detail: 'must have the metric latency' }] });
  });
});
