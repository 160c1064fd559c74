import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CampaignPartRepresentation } from '../../src/api/campaign.ts';
import type { FinalistRepresentation } from '../../src/api/winner.ts';
import { testFunctionPayloadSchema, valuesAt } from '../../src/objectives/test-function/objective.ts';
import { trialQueue } from '../../src/store/queue/queue.ts';
import { databaseTransactions } from '../../src/store/transactions.ts';
import { advanceStudy } from '../../src/studies/actions/advance.ts';
import { runSql } from '../store/server.ts';
import { startTestService, type TestService } from './service.ts';
import { type Findings, work } from './worker.ts';

/** The values that a runner would measure. */
const evaluated: Findings = {
  values: (_value, job) => valuesAt(testFunctionPayloadSchema.parse(job.payload), 1, 1),
  evaluation: () => null,
};

/** A search for the least value of a bowl: its centre, where it is 0, is beyond the limit. */
const bowl = {
  name: 'bowl',
  searchSpace: [
    { type: 'float', name: 'x1', low: -5, high: 5, step: 0.5 },
    { type: 'float', name: 'x2', low: -5, high: 5, step: 0.5 },
  ],
  metric: { name: 'value' },
  objective: { type: 'test-function', function: 'sphere-2', noise: 0.5 },
  studies: [
    { name: 'random', sampler: { type: 'random' }, budget: { trials: 12 } },
    { name: 'bayesian', sampler: { type: 'tpe', startupTrials: 6 }, budget: { trials: 20 }, parallelism: 1 },
  ],
  final: {
    finalists: [
      { study: 'random', top: 2 },
      { study: 'bayesian', top: 2 },
    ],
  },
  evaluation: { repeats: 3 },
  seed: 3,
};
const limit = 6;
const constraints = [{ metric: 'value', min: limit }];

let service: TestService;
beforeAll(async () => {
  service = await startTestService();
});
afterAll(() => service[Symbol.asyncDispose]());

/** Runs a whole campaign. @returns its address */
async function ended(changes: Record<string, unknown> = {}): Promise<string> {
  const response = await service.post('/v1/campaigns', { ...bowl, ...changes });
  expect(response.statusCode, response.body).toBe(201);
  await work(service.database, 1000, evaluated);
  return `/v1/campaigns/${response.json().id}`;
}

const json = async (url: string) => (await service.get(url)).json();
const partsOf = async (url: string): Promise<CampaignPartRepresentation[]> => (await json(url)).parts;
const verification = async (url: string) => (await service.post(`${url}/verify`)).json();

/** The trials of the searches and of the final. */
async function searched(url: string): Promise<{ value: number; violation?: number }[]> {
  const parts = (await partsOf(url)).filter(({ kind }) => kind === 'search' || kind === 'grid');
  const lists = await Promise.all(parts.map(({ studyId }) => json(`/v1/studies/${studyId}/trials?limit=200`)));
  return lists.flatMap(({ items }) => items);
}

describe('a campaign whose best value is beyond a limit', () => {
  let campaign: string;
  beforeAll(async () => {
    campaign = await ended({ constraints });
  });

  it('is won by the best configuration that keeps it, and has only such finalists', async () => {
    expect(await json(campaign)).toMatchObject({ state: 'completed', spec: { constraints }, outcome: { reason: 'done' } });
    const trials = await searched(campaign);
    expect(Math.min(...trials.map(({ value }) => value))).toBeLessThan(limit);
    const best = Math.min(...trials.flatMap(({ value, violation }) => (violation === 0 ? [value] : [])));
    expect(best).toBeGreaterThanOrEqual(limit);
    expect(await json(`${campaign}/winner`)).toMatchObject({ value: best, violation: 0 });
    const finalists: FinalistRepresentation[] = (await json(`${campaign}/finalists`)).items;
    expect(finalists.length).toBeGreaterThan(1);
    for (const { value, violation } of finalists) expect([value >= limit, violation]).toEqual([true, 0]);
  });

  it('is won by another one without the limit', async () => {
    const url = await ended();
    const winner = await json(`${url}/winner`);
    expect(winner.value).toBeLessThan(limit);
    expect(winner).not.toHaveProperty('violation');
    expect(winner).not.toHaveProperty('testViolation');
    expect(winner.repeats.items[0]).not.toHaveProperty('violation');
    expect((await json(url)).spec).not.toHaveProperty('constraints');
    expect(await verification(url)).toMatchObject({ verified: true, differences: [] });
  });

  it('shows the violation of each finalist in the part test, wherever it shows the finalist', async () => {
    const test = (await partsOf(campaign)).find(({ kind }) => kind === 'test');
    const measured: { violation: number }[] = (await json(`/v1/studies/${test?.studyId}/trials?limit=200`)).items;
    const expected = measured.map(({ violation }) => violation);
    expect(new Set(expected.map((violation) => typeof violation))).toEqual(new Set(['number']));
    const finalists: FinalistRepresentation[] = (await json(`${campaign}/finalists`)).items;
    expect(finalists.map(({ testViolation }) => testViolation)).toEqual(expected);
    expect((await json(`${campaign}/winner`)).testViolation).toBe(expected[0]);
    const report = await json(`${campaign}/report`);
    expect(report.finalists.map(({ testViolation }: { testViolation?: number }) => testViolation)).toEqual(expected);
    const page = (await service.get(`${campaign}/report.html`)).body;
    const kept = expected.filter((violation) => violation === 0).length;
    expect(page.split('its trial in the part test keeps all limits').length - 1).toBe(kept);
    expect(page.split('its trial in the part test is beyond a limit (violation ').length - 1).toBe(expected.length - kept);
  });

  it('shows the limit and the violations of its trials and repeats', async () => {
    const parts = await partsOf(campaign);
    expect(parts.map(({ kind }) => kind)).toEqual(['search', 'search', 'grid', 'test', 'repeat', 'repeat', 'repeat']);
    for (const { kind, studyId, best } of parts) {
      expect((await json(`/v1/studies/${studyId}`)).spec.constraints).toEqual(constraints);
      if (kind === 'search' || kind === 'grid') expect(best?.violation).toBe(0);
    }
    const finalists: FinalistRepresentation[] = (await json(`${campaign}/finalists`)).items;
    const repeats = finalists.flatMap((finalist) => finalist.repeats.items);
    for (const { validation, violation } of repeats)
      expect(violation).toBeCloseTo(Math.max(0, limit - (validation?.['value'] ?? 0)) / limit, 12);
    expect(repeats.some(({ violation }) => violation === 0)).toBe(true);
    expect(repeats.some(({ violation }) => violation !== 0)).toBe(true);
    const [head] = (await service.get(`/v1/studies/${parts[0]?.studyId}/trials.csv`)).body.split('\r\n');
    expect(head).toContain(',value,violation,');
  });

  it('reports them, as JSON and as a page', async () => {
    const report = await json(`${campaign}/report`);
    expect(report.definition.constraints).toEqual(constraints);
    expect(report.finalists[0]).toMatchObject({ winner: true, violation: 0, repeats: [{ violation: expect.any(Number) }, {}, {}] });
    for (const { value } of report.leaders) expect(value).toBeGreaterThanOrEqual(limit);
    const page = (await service.get(`${campaign}/report.html`)).body;
    expect(page).toContain('<dt>limits</dt><dd>value at least 6</dd>');
    expect(page).toMatch(/\d of 3 repeats (is|are) beyond a limit/);
  });

  it('verifies, and is imported with the same export, winner and finalists', async () => {
    expect(await verification(campaign)).toMatchObject({ verified: true, differences: [] });
    const document = await json(`${campaign}/export?provenance=false`);
    const response = await service.post('/v1/campaigns/import', { document });
    expect(response.statusCode, response.body).toBe(201);
    const copy = `/v1/campaigns/${response.json().id}`;
    expect(await verification(copy)).toMatchObject({ verified: true, differences: [] });
    expect(await json(`${copy}/export?provenance=false`)).toEqual(document);
    const { trialId: _copied, ...winner } = await json(`${copy}/winner`);
    expect(await json(`${campaign}/winner`)).toMatchObject({ value: winner.value, violation: 0, parameters: winner.parameters });
    // The limits decide what the final crosses: without them the parts do not follow from the searches.
    const { constraints: _, ...spec } = document.spec;
    const without = await service.post('/v1/campaigns/import', { document: { ...document, spec } });
    expect(without.json()).toMatchObject({ status: 422, code: 'invalid-document' });
  });

  it('is not verified once its stored limit is another one', async () => {
    const id = campaign.split('/').at(-1);
    const set = (value: number) =>
      runSql(service.url, `UPDATE campaign SET spec = jsonb_set(spec, '{constraints,0,min}', '${value}') WHERE id = '${id}'`);
    await set(limit / 2);
    const { verified, differences } = await verification(campaign);
    await set(limit);
    expect(verified).toBe(false);
    expect(differences).toContainEqual(expect.objectContaining({ where: 'campaign/spec' }));
    expect(await verification(campaign)).toMatchObject({ verified: true });
  });
});

describe('a campaign in which no trial keeps the limit', () => {
  const beyond = /^no trial keeps all limits; the nearest to them is trial \d+ of (random|bayesian), whose violation is 0\.\d+$/;

  it('fails without finalists and winner, says so, and verifies', async () => {
    const campaign = await ended({ constraints: [{ metric: 'value', min: 1000 }] });
    const { state, outcome, parts } = await json(campaign);
    expect([state, outcome.reason]).toEqual(['failed', 'no-finalists']);
    expect(outcome.detail).toMatch(beyond);
    expect(parts.map(({ kind, best }: CampaignPartRepresentation) => [kind, best])).toEqual([
      ['search', null],
      ['search', null],
    ]);
    const nearest = Math.min(...(await searched(campaign)).map(({ violation = 0 }) => violation));
    expect(outcome.detail.endsWith(`whose violation is ${Number(nearest.toPrecision(4))}`)).toBe(true);
    expect(await json(`${campaign}/finalists`)).toEqual({ items: [] });
    const winner = await json(`${campaign}/winner`);
    expect([winner.status, winner.code]).toEqual([409, 'winner-not-known']);
    expect(winner.detail).toContain(outcome.detail);
    const report = await json(`${campaign}/report`);
    expect(report).toMatchObject({ outcome, finalists: [], leaders: [], methods: [{ best: null }, { best: null }] });
    const page = (await service.get(`${campaign}/report.html`)).body;
    expect(page).toContain('no trial keeps all limits.</p>');
    expect(page).toContain(`Nothing here: ${outcome.detail}.`);
    expect(await verification(campaign)).toMatchObject({ verified: true, differences: [] });
    const document = await json(`${campaign}/export`);
    expect((await service.post('/v1/campaigns/import', { document })).statusCode).toBe(201);
  });

  it.each([
    ['is near the limit', 99, /^no trial keeps all limits; the nearest to them is trial 1 of random, whose violation is 0\.11$/],
    [
      'keeps it',
      500,
      /^only trials that diverged or have no finite value keep all limits; the nearest of the others is trial 1 of random, whose violation is 0\.11$/,
    ],
  ])('names the nearest trial that counts beside a diverged one that %s, verifies, and is imported', async (_title, value, text) => {
    const studies = [{ name: 'random', sampler: { type: 'random' }, budget: { trials: 4 } }];
    const definition = { ...bowl, studies, final: undefined, constraints: [{ metric: 'value', min: 100 }] };
    const response = await service.post('/v1/campaigns', definition);
    expect(response.statusCode, response.body).toBe(201);
    const queue = trialQueue(service.database);
    const runner = randomUUID();
    for (let trial = await queue.claim(runner, 60); trial; trial = await queue.claim(runner, 60)) {
      const isFirst = trial.number === 0;
      const values = { value: isFirst ? value : 90 - trial.number };
      await queue.complete(trial, { step: 1, values, resultKey: `diverged ${trial.trialId}`, checkpoint: null }, isFirst);
      await advanceStudy(databaseTransactions(service.database), trial.studyId);
    }
    const url = `/v1/campaigns/${response.json().id}`;
    expect(await json(url)).toMatchObject({ state: 'failed', outcome: { detail: expect.stringMatching(text) } });
    expect(await verification(url)).toMatchObject({ verified: true, differences: [] });
    const imported = await service.post('/v1/campaigns/import', { document: await json(`${url}/export`) });
    expect(imported.statusCode, imported.body).toBe(201);
  });
});
