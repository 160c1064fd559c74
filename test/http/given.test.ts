import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { canonicalText } from '../../src/shared/digest.ts';
import { randomStream } from '../../src/shared/random.ts';
import { createTestDatabase, type TestDatabase } from '../store/database.ts';
import { runSql } from '../store/server.ts';
import { externalStudy, geneticStudy, smallCampaign, unknownId } from './definitions.ts';
import { startTestService, type TestService } from './service.ts';
import { work } from './worker.ts';

/** Two processes on one database. */
let database: TestDatabase;
let service: TestService;
let other: TestService;
beforeAll(async () => {
  database = await createTestDatabase();
  const shared = { url: database.url, [Symbol.asyncDispose]: async () => undefined };
  service = await startTestService({}, shared);
  other = await startTestService({}, shared);
});
afterAll(async () => {
  await service[Symbol.asyncDispose]();
  await other[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
});

const trialsOf = (id: string) => `/v1/studies/${id}/trials`;

async function create(definition: object): Promise<string> {
  const response = await service.post('/v1/studies', definition);
  expect(response.statusCode, response.body).toBe(201);
  return response.json().id;
}

interface Added {
  readonly id: string;
  readonly number: number;
  readonly state: string;
}

async function add(id: string, trials: readonly object[], at = service): Promise<Added[]> {
  const response = await at.post(trialsOf(id), { trials });
  expect(response.statusCode, response.body).toBe(201);
  return response.json().trials;
}

interface Asked {
  readonly id: string;
  readonly number: number;
  readonly parameters: Record<string, number>;
  readonly lease: { readonly token: string };
}

async function ask(id: string, count = 1, at = service): Promise<Asked[]> {
  return (await at.post(`/v1/studies/${id}/ask`, { worker: 'test', count })).json().trials;
}

async function complete(trial: Asked, accuracy: number, at = service): Promise<void> {
  const response = await at.post(`/v1/trials/${trial.id}/complete`, { token: trial.lease.token, values: { accuracy } });
  expect(response.statusCode, response.body).toBe(200);
}

const read = async (id: string) => (await service.get(`/v1/studies/${id}`)).json();
const exported = async (id: string) => (await service.get(`/v1/studies/${id}/export?provenance=false`)).json();
const state = async (id: string): Promise<string> => (await read(id)).state;

async function verified(id: string): Promise<void> {
  const response = await service.request({ method: 'POST', url: `/v1/studies/${id}/verify` });
  expect(response.json(), response.body).toMatchObject({ verified: true, differences: [] });
}

/** An import gives the same export, and is verified; so is a fork of the whole. */
async function roundTrip(id: string): Promise<void> {
  const document = await exported(id);
  const response = await service.post('/v1/studies/import', { document });
  expect(response.statusCode, response.body).toBe(201);
  expect(canonicalText(await exported(response.json().id))).toBe(canonicalText(document));
  await verified(response.json().id);
}

/** Evaluates what workers are given until the study ends. */
async function workOut(
  id: string,
  value: (trial: Asked) => number = ({ parameters }) => 1 - Math.abs((parameters['x'] ?? 0) - 0.3),
): Promise<void> {
  for (let rounds = 0; rounds < 200 && (await state(id)) === 'active'; rounds += 1) {
    for (const trial of await ask(id, 2)) await complete(trial, value(trial));
  }
}

const known = (x: number, n: number, accuracy: number | string | null) => ({ parameters: { x, n }, values: { accuracy } });
const enqueued = (x: number, n: number) => ({ parameters: { x, n } });

describe('a study with given trials in its definition', () => {
  const givenTrials = [known(0.25, 3, 0.9), enqueued(0.5, 4), known(0.75, 5, 'NaN')];

  it('stores them with canonical values, and none where there are none', async () => {
    const id = await create(externalStudy({ givenTrials }));
    const { spec, best, progress, trials } = await read(id);
    expect(spec.givenTrials).toEqual([known(0.25, 3, 0.9), enqueued(0.5, 4), known(0.75, 5, null)]);
    expect(best).toMatchObject({ number: 0, value: 0.9, given: 'known', source: 'given', generation: null, attempts: 0 });
    expect(trials).toMatchObject({ completed: 2, queued: 1 });
    expect(progress).toEqual({ finished: 2, planned: 8, observed: 1, suggested: 0 });
    expect((await read(await create(externalStudy({ givenTrials: [] })))).spec).not.toHaveProperty('givenTrials');
  });

  it('shows them with the study, whose definition can be sent again, and not in lists', async () => {
    const id = await create(externalStudy({ name: 'with-given', givenTrials }));
    const { spec, definition } = await read(id);
    expect((await read(await create(spec))).definition).toEqual(definition);
    const { items } = (await service.get('/v1/studies?name=with-given')).json();
    expect(items).toHaveLength(2);
    for (const item of items) expect(JSON.stringify(item)).not.toMatch(/spec|givenTrials/);
  });

  it('gives the enqueued ones to workers first, and then suggestions that know the known ones', async () => {
    const definition = externalStudy({ givenTrials, sampler: { type: 'tpe', startupTrials: 2 }, budget: { trials: 3 } });
    const id = await create(definition);
    const [first, second] = await ask(id, 2);
    expect(first).toMatchObject({ number: 1, parameters: { x: 0.5, n: 4 } });
    expect(second).toMatchObject({ number: 3 });
    const suggestion = (await service.get(`/v1/trials/${second?.id}`)).json();
    expect(suggestion).toMatchObject({ given: null, origin: { phase: 'model' }, seen: { before: 3, except: [1] } });
    await workOut(id);
    for (const trial of [first, second]) if (trial) await complete(trial, 0.5);
    await workOut(id);
    expect(await read(id)).toMatchObject({ state: 'completed', outcome: { reason: 'budget', detail: '3 trials are done' } });
    await verified(id);
    await roundTrip(id);
  });

  const searches = {
    genetic: { sampler: { type: 'genetic', population: 4, elites: 1 }, budget: { generations: 3 } },
    random: { sampler: { type: 'random' }, budget: { trials: 9 } },
    tpe: { sampler: { type: 'tpe', startupTrials: 3 }, budget: { trials: 9 } },
    grid: {
      sampler: { type: 'grid', axes: { learningRate: { values: [0.0005, 0.001] }, hiddenUnits: { values: [1, 2, 3] } } },
      budget: {},
    },
  };
  const points = [
    { parameters: { learningRate: 0.001, hiddenUnits: 2 }, values: { value: 0.7 } },
    { parameters: { learningRate: 0.0005, hiddenUnits: 3 } },
  ];

  it.each(Object.entries(searches))('has one export, byte for byte, and follows from its results (%s)', async (_name, fields) => {
    const exports = [];
    for (const at of [service, other]) {
      const id = await create(geneticStudy({ ...fields, givenTrials: points }));
      while ((await state(id)) === 'active') await work(at.database);
      await verified(id);
      exports.push(canonicalText(await exported(id)));
    }
    expect(exports[0]).toBe(exports[1]);
    const document = JSON.parse(exports[0] ?? '');
    expect(document.trials.slice(0, 3).map(({ given }: { given?: string }) => given)).toEqual(['known', 'enqueued', undefined]);
  });

  it.each(Object.entries(searches))('is imported on its way, and goes on to the same end (%s)', async (_name, fields) => {
    const id = await create(geneticStudy({ ...fields, givenTrials: points }));
    const copyOf = async (): Promise<string> => (await service.post('/v1/studies/import', { document: await exported(id) })).json().id;
    const copies = [await copyOf()];
    await work(service.database, 3);
    copies.push(await copyOf());
    while ((await state(id)) === 'active') await work(service.database);
    const end = canonicalText(await exported(id));
    for (const copy of copies) {
      while ((await state(copy)) === 'active') await work(service.database);
      await verified(copy);
      expect(canonicalText(await exported(copy))).toBe(end);
    }
    await roundTrip(id);
  });

  it.each([
    ['parameters', `parameters = '{"x": 0.1, "n": 3}'`, 0],
    ['given', "given = 'enqueued'", 0],
    ['values', `values = '{"accuracy": 0.8}', value = 0.8, score = 0.8`, 0],
    ['index', 'index = 7', 3],
  ])('is not verified once the %s of a trial were changed', async (what, change, number) => {
    const id = await create(externalStudy({ givenTrials }));
    for (const trial of await ask(id, 2)) await complete(trial, 0.5);
    await verified(id);
    await runSql(database.url, `UPDATE trial SET ${change} WHERE study_id = '${id}' AND number = ${number}`);
    const found = (await service.request({ method: 'POST', url: `/v1/studies/${id}/verify` })).json();
    expect(found.verified).toBe(false);
    expect(found.differences.map(({ where }: { where: string }) => where)).toContain(`trials/${number}/${what}`);
  });

  it('is imported only with given trials that its definition and its space have', async () => {
    const id = await create(externalStudy({ givenTrials }));
    const document = await exported(id);
    const pointersFor = async (change: (trials: Record<string, unknown>[]) => void): Promise<string[]> => {
      const changed = structuredClone(document);
      change(changed.trials);
      const response = await service.post('/v1/studies/import', { document: changed });
      expect(response.statusCode).toBe(422);
      return response.json().errors.map(({ pointer }: { pointer: string }) => pointer);
    };
    expect(await pointersFor(([first]) => Object.assign(first ?? {}, { parameters: { x: 0.3, n: 3 } }))).toContain(
      '/document/trials/0/parameters',
    );
    expect(await pointersFor(([first]) => Object.assign(first ?? {}, { parameters: { x: 5, n: 3 } }))).toContain(
      '/document/trials/0/parameters/x',
    );
    const better = { value: 1, values: { accuracy: 1 } };
    expect(await pointersFor(([first]) => Object.assign(first ?? {}, better))).toContain('/document/trials/0/value');
    expect(await pointersFor(([first]) => delete first?.['given'])).not.toEqual([]);
    expect(await pointersFor(([first]) => Object.assign(first ?? {}, { given: 'enqueued' }))).toContain('/document/trials/0/given');
  });

  it('is refused with every violation at its place', async () => {
    const wrong = [
      enqueued(2, 3),
      { parameters: { x: 0.5 } },
      { parameters: { x: 0.5, n: 3, y: 1 } },
      { ...enqueued(0.1, 1), values: { loss: 1 } },
    ];
    const response = await service.post('/v1/studies', externalStudy({ givenTrials: wrong, metrics: [{ name: 'accuracy' }] }));
    expect(response.statusCode).toBe(422);
    expect(response.json().errors.map(({ pointer }: { pointer: string }) => pointer)).toEqual([
      '/givenTrials/0/parameters/x',
      '/givenTrials/1/parameters',
      '/givenTrials/2/parameters/y',
      '/givenTrials/3/values',
    ]);
    const both = await service.post('/v1/studies', externalStudy({ givenTrials: wrong.slice(0, 1), parallelism: 0 }));
    expect(
      both
        .json()
        .errors.map(({ pointer }: { pointer: string }) => pointer)
        .sort(),
    ).toEqual(['/givenTrials/0/parameters/x', '/parallelism']);
  });
});

describe('POST /v1/studies/{studyId}/trials', () => {
  it('adds known results and configurations in order; the search knows and evaluates them next', async () => {
    const id = await create(externalStudy({ sampler: { type: 'tpe', startupTrials: 3 }, budget: { trials: 5 } }));
    const [open] = await ask(id);
    const notes = { checkpoint: 's3://weights', attributes: { commit: 'abc' }, links: [{ name: 'log', url: 'https://example.org/1' }] };
    const added = await add(id, [{ ...known(0.2, 2, 0.8), ...notes }, enqueued(0.4, 4)]);
    expect(added.map(({ number, state: now }) => [number, now])).toEqual([
      [1, 'completed'],
      [2, 'queued'],
    ]);
    expect((await service.get(`/v1/trials/${added[0]?.id}`)).json()).toMatchObject({
      given: 'known',
      source: 'given',
      value: 0.8,
      worker: { name: null, ...notes },
    });
    expect((await ask(id))[0]).toMatchObject({ number: 2, parameters: { x: 0.4, n: 4 } });
    const [suggestion] = await ask(id);
    expect((await service.get(`/v1/trials/${suggestion?.id}`)).json()).toMatchObject({ seen: { before: 2, except: [0] } });
    for (const trial of [open, suggestion]) if (trial) await complete(trial, 0.1);
    const events = (await service.get(`/v1/studies/${id}/events`)).json().items;
    expect(events.find(({ type }: { type: string }) => type === 'trials-given').data).toEqual({
      version: 2,
      first: 1,
      trials: [{ parameters: { x: 0.2, n: 2 }, values: { accuracy: 0.8 } }, { parameters: { x: 0.4, n: 4 } }],
    });
    await verified(id);
    await roundTrip(id);
    const csv = (await service.get(`/v1/studies/${id}/trials.csv`)).body;
    expect(csv.split('\r\n')[0] ?? '').toContain('number,id,given,generation');
  });

  it('adds nothing unless all fit, and says why', async () => {
    const id = await create(externalStudy());
    const before = await service.checksum();
    const refused = await service.post(trialsOf(id), {
      trials: [known(0.5, 5, 1), enqueued(0.5, 50), { ...enqueued(0.1, 1), values: {} }],
    });
    expect(refused.statusCode).toBe(422);
    expect(refused.json().errors.map(({ pointer }: { pointer: string }) => pointer)).toEqual([
      '/trials/1/parameters/n',
      '/trials/2/values',
    ]);
    const noted = await service.post(trialsOf(id), { trials: [{ ...enqueued(0.5, 5), checkpoint: 'mine' }] });
    expect([noted.statusCode, noted.json().errors[0].pointer]).toEqual([422, '/trials/0']);
    expect((await service.post(trialsOf(id), { trials: [] })).statusCode).toBe(422);
    expect((await service.post(trialsOf(unknownId), { trials: [enqueued(0.5, 5)] })).json().code).toBe('study-not-found');
    expect(await service.checksum()).toBe(before);
  });

  it('is refused by a study that has ended, and by a part of a campaign', async () => {
    const id = await create(externalStudy());
    await service.post(`/v1/studies/${id}/cancel`);
    const ended = await service.post(trialsOf(id), { trials: [enqueued(0.5, 5)] });
    expect([ended.statusCode, ended.json().code, ended.json().state]).toEqual([409, 'state-conflict', 'cancelled']);
    const campaign = (await service.post('/v1/campaigns', smallCampaign())).json();
    const [{ id: part }] = (await service.get(`/v1/studies?campaign=${campaign.id}`)).json().items;
    const refused = await service.post(trialsOf(part), { trials: [{ parameters: { learningRate: 0.001, hiddenUnits: 3 } }] });
    expect([refused.statusCode, refused.json().code]).toEqual([409, 'study-in-campaign']);
    await service.post(`/v1/campaigns/${campaign.id}/cancel`);
  });

  it('adds once what is sent again with its key', async () => {
    const id = await create(externalStudy());
    const send = (trials: readonly object[]) =>
      service.request({ method: 'POST', url: trialsOf(id), payload: { trials }, headers: { 'idempotency-key': 'mine' } });
    const [first, ...again] = await Promise.all([1, 2, 3].map(() => send([known(0.5, 5, 1), enqueued(0.2, 2)])));
    for (const response of again) expect(response.json()).toEqual(first?.json());
    expect((await send([known(0.5, 5, 2)])).json().code).toBe('key-reused');
    expect((await read(id)).trials).toMatchObject({ completed: 1, queued: 1 });
  });

  it('while it is paused adds to its queue, and the search goes on with them when it is resumed', async () => {
    const id = await create(externalStudy({ schedule: 'deterministic', parallelism: 2 }));
    const open = await ask(id, 2);
    await service.post(`/v1/studies/${id}/pause`);
    await add(id, [known(0.2, 2, 0.5), enqueued(0.3, 3)]);
    await service.post(`/v1/studies/${id}/resume`);
    for (const trial of open) await complete(trial, 0.5);
    await workOut(id);
    expect(await read(id)).toMatchObject({ state: 'completed', progress: { finished: 7, suggested: 5 } });
    await verified(id);
    await roundTrip(id);
  });

  it('of a study that the service evaluates is evaluated before the next suggestion', async () => {
    const id = await create(geneticStudy());
    await add(id, [
      { parameters: { learningRate: 0.001, hiddenUnits: 7 } },
      { parameters: { learningRate: 0.002, hiddenUnits: 8 }, values: { value: 0.99 } },
    ]);
    while ((await state(id)) === 'active') await work(service.database);
    const trials = (await service.get(`${trialsOf(id)}?limit=50`)).json().items;
    expect(trials[4]).toMatchObject({ given: 'enqueued', state: 'completed', attempts: 1 });
    expect(trials[5]).toMatchObject({ given: 'known', state: 'completed', attempts: 0 });
    expect(trials.length).toBe(4 + 2 + 3 + 3);
    await verified(id);
    await roundTrip(id);
  });

  it.each([
    ['tpe', { sampler: { type: 'tpe', startupTrials: 4 }, budget: { trials: 40 } }],
    ['random', { sampler: { type: 'random' }, budget: { trials: 40 } }],
    ['genetic', { sampler: { type: 'genetic', population: 6, elites: 2 }, budget: { trials: 40 } }],
    [
      'deterministic tpe',
      { sampler: { type: 'tpe', startupTrials: 4 }, budget: { trials: 40 }, schedule: 'deterministic', parallelism: 6 },
    ],
  ])('adds while workers ask and deliver at two processes: nothing is lost, and the numbers have no gap (%s)', async (name, fields) => {
    const id = await create(externalStudy(fields));
    const added: Added[] = [];
    const worker = async (at: TestService): Promise<void> => {
      for (let rounds = 0; rounds < 300 && (await state(id)) === 'active'; rounds += 1)
        for (const trial of await ask(id, 2, at)) await complete(trial, 1 - Math.abs((trial.parameters['x'] ?? 0) - 0.3), at);
    };
    const giver = async (at: TestService, which: number): Promise<void> => {
      const chance = randomStream(`${name} ${which}`, 'giver');
      for (let round = 0; round < 5; round += 1) {
        const made = Array.from({ length: 1 + chance.integer(3) }, () => {
          const [x, n] = [Math.round(chance.uniform() * 100) / 100, 1 + chance.integer(9)];
          return chance.integer(2) === 0 ? known(x, n, chance.uniform()) : enqueued(x, n);
        });
        const response = await at.post(trialsOf(id), { trials: made });
        if (response.statusCode === 409) return;
        expect(response.statusCode, response.body).toBe(201);
        added.push(...response.json().trials);
      }
    };
    const both = [service, other];
    await Promise.all([...both, ...both].map((at, which) => (which < 4 ? Promise.all([worker(at), giver(at, which)]) : null)));
    await workOut(id);
    expect(await state(id)).toBe('completed');
    const document = await exported(id);
    const numbers = document.trials.map(({ number }: { number: number }) => number);
    expect(numbers).toEqual(numbers.map((_: number, place: number) => place));
    const given = document.trials.filter((trial: { given?: string }) => trial.given !== undefined);
    expect(given.map(({ number }: { number: number }) => number)).toEqual(added.map(({ number }) => number).sort((one, two) => one - two));
    expect(added.length).toBeGreaterThan(10);
    await verified(id);
    await roundTrip(id);
  });
});
