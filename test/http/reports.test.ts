import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { ReportRepresentation } from '../../src/api/report.ts';
import { runSql } from '../store/server.ts';
import { geneticStudy, smallCampaign, unknownId } from './definitions.ts';
import { startTestService, type TestService } from './service.ts';
import { work } from './worker.ts';

vi.mock('../../src/objectives/test-function/objective.ts', async (original) => {
  const { withEveryFeature } = await import('../objectives/every-feature.ts');
  return withEveryFeature(await original());
});

let service: TestService;
let study: string;
let campaign: string;
beforeAll(async () => {
  service = await startTestService();
  study = `/v1/studies/${(await service.post('/v1/studies', geneticStudy())).json().id}`;
  campaign = `/v1/campaigns/${(await service.post('/v1/campaigns', smallCampaign())).json().id}`;
});
afterAll(() => service[Symbol.asyncDispose]());

const report = async (url: string): Promise<ReportRepresentation> => (await service.get(`${url}/report`)).json();

describe('before any trial ended', () => {
  it('reports what there is, and leaves empty what is not there yet', async () => {
    const shown = await report(campaign);
    expect(shown).toMatchObject({ kind: 'campaign', state: 'active', outcome: null, endedAt: null, finalists: [], leaders: [] });
    expect(shown.methods.map(({ part, best, testHeadline, repeatsHeadline }) => [part, best, testHeadline, repeatsHeadline])).toEqual([
      ['random', null, null, null],
      ['genetic', null, null, null],
    ]);
    expect(shown.totals.search).toMatchObject({ trialsCharged: 0, stepsDone: 0, wallClockSeconds: null, coreSeconds: 0 });
    expect(shown.trials).toMatchObject({ rows: [], completed: 0 });
    expect((await service.get(`${campaign}/report.html`)).body).toContain('Not yet');
  });
});

describe('when all is done', () => {
  beforeAll(async () => {
    await work(service.database);
  });

  it('compares the methods: what each found by validation, what that is worth on held-out data, what it cost', async () => {
    const shown = await report(campaign);
    expect(shown).toMatchObject({ state: 'completed', outcome: { reason: 'done' } });
    expect(shown.methods.map(({ part, kind }) => [part, kind])).toEqual([
      ['random', 'search'],
      ['genetic', 'search'],
      ['final-grid', 'grid'],
    ]);
    const [random] = shown.methods;
    expect(random).toMatchObject({
      method: 'random search',
      best: { trial: 1, value: 0.7 },
      testHeadline: 0.875,
      repeatsHeadline: { mean: 0.625, min: 0.5, max: 0.75 },
      repeatsMeasured: 2,
      cost: { trialsCharged: 4, trialsCompleted: 4, trialsFailed: 0, stepsDone: 4, stepsReused: 0, interruptedTrials: 0 },
      published: null,
    });
    expect(random?.cost.coreSeconds).toBeGreaterThan(0);
    expect(random?.cost.wallClockSeconds).toBeGreaterThan(0);
    const charged = shown.methods.map(({ cost }) => cost.trialsCharged);
    expect(shown.totals.search.trialsCharged).toBe(charged.reduce((sum, count) => sum + count, 0));
    expect(shown.totals.evaluation.trialsCharged).toBe(shown.finalists.length * 3);
  });

  it('has every finalist with its values, its curve and its repeats, the winner first', async () => {
    const { finalists } = await report(campaign);
    expect(finalists.map(({ winner }) => winner)).toEqual([true, ...finalists.slice(1).map(() => false)]);
    expect(finalists[0]?.test).toMatchObject({
      values: { points: 100, score: 0.875 },
      tables: [
        {
          name: 'counts',
          cells: [[88, 12]],
        },
      ],
      curves: [
        {
          name: 'by-share',
          points: [
            [0.5, 1],
            [1, 0.875],
          ],
        },
      ],
    });
    expect(finalists[0]?.repeats.map(({ repeat, test }) => [repeat, test?.values['score']])).toEqual([
      [1, 0.75],
      [2, 0.5],
    ]);
    expect(finalists[0]?.ranges).toMatchObject({ score: { mean: 0.625, min: 0.5, max: 0.75 }, error: null });
  });

  it('shows the best value so far as steps, and each generation with its mean and best', async () => {
    const shown = await report(study);
    expect(shown.bestSoFar).toEqual([
      {
        part: 'genetic',
        trialsCharged: 10,
        improvements: [
          { trialsCharged: 1, value: 0, trial: 0 },
          { trialsCharged: 2, value: 0.7, trial: 1 },
          { trialsCharged: 5, value: 0.8, trial: 4 },
          { trialsCharged: 8, value: 0.9, trial: 7 },
        ],
      },
    ]);
    const [curve] = shown.generations;
    const { items } = (await service.get(`${study}/generations`)).json();
    expect(curve?.generations.map(({ number, best }) => [number, best])).toEqual([
      [0, 0.7],
      [1, 0.8],
      [2, 0.9],
    ]);
    for (const { number, mean } of curve?.generations ?? []) expect(mean).toBeCloseTo(items[number].mean, 12);
  });

  it('has all trials as rows, and the best different configurations', async () => {
    const shown = await report(study);
    expect(shown.trials).toMatchObject({
      columns: ['part', 'trial', 'value', 'learningRate', 'hiddenUnits'],
      parts: ['genetic'],
      completed: 10,
    });
    const { items } = (await service.get(`${study}/trials`)).json();
    expect(shown.trials.rows).toEqual(
      items.map((trial: { number: number; value: number; parameters: Record<string, number> }) => [
        0,
        trial.number,
        trial.value,
        trial.parameters['learningRate'],
        trial.parameters['hiddenUnits'],
      ]),
    );
    expect(shown.leaders[0]).toMatchObject({ part: 'genetic', trial: 7, value: 0.9 });
    expect(new Set(shown.leaders.map(({ parameters }) => JSON.stringify(parameters))).size).toBe(shown.leaders.length);
    expect(shown).toMatchObject({
      kind: 'study',
      finalists: [],
      definition: { repeats: null, finalObjective: null, repeatObjective: null, objective: { options: { function: 'lstm-landscape' } } },
    });
  });

  it('reports a part that measures on held-out data with what it measured', async () => {
    const { parts } = (await service.get(campaign)).json();
    const test = parts.find((part: { kind: string }) => part.kind === 'test');
    const shown = await report(`/v1/studies/${test.studyId}`);
    expect(shown.finalists.map((finalist) => finalist.test?.values['score'])).toEqual(shown.finalists.map(() => 0.875));
    expect(shown.finalists.length).toBeGreaterThan(0);
  });

  it.each([
    [undefined, 'application/json'],
    ['*/*', 'application/json'],
    ['application/json', 'application/json'],
    ['text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8', 'text/html'],
    ['text/html;q=0.4, application/json;q=0.5', 'application/json'],
    ['text/*', 'text/html'],
    ['text/html;q=nonsense', 'application/json'],
  ])('answers Accept %s with %s', async (accept, type) => {
    const response = await service.get(`${campaign}/report`, accept === undefined ? {} : { accept });
    expect(response.headers['content-type']).toMatch(`${type}; charset=utf-8`);
    expect(response.headers.vary).toBe('accept, accept-encoding');
  });

  it('gives a page that may load nothing, and 304 to those who have it', async () => {
    for (const url of [campaign, study]) {
      const page = await service.get(`${url}/report.html`);
      expect(page.headers['content-security-policy']).toMatch(/^default-src 'none'; style-src 'unsafe-inline'/);
      expect(page.body).toMatch(/^<!doctype html>/);
      expect((await service.get(`${url}/report`, { accept: 'text/html' })).body).toBe(page.body);
      expect((await service.get(`${url}/report.html`, { 'if-none-match': String(page.headers.etag) })).statusCode).toBe(304);
    }
  });

  it('lists all trials as CSV, the parameters as columns', async () => {
    const response = await service.get(`${study}/trials.csv`);
    expect(response.headers['content-type']).toBe('text/csv; charset=utf-8; header=present');
    const lines = response.body.split('\r\n');
    expect(lines.at(-1)).toBe('');
    const [header, ...records] = lines.slice(0, -1).map((line) => line.split(','));
    expect(header?.slice(-2)).toEqual(['parameters.learningRate', 'parameters.hiddenUnits']);
    const column = (name: string) => records.map((record) => record[header?.indexOf(name) ?? -1]);
    expect(column('number')).toEqual(['0', '1', '2', '3', '4', '5', '6', '7', '8', '9']);
    expect(column('value')).toEqual(['0', '0.7', '0.4', '0.1', '0.8', '0.5', '0.2', '0.9', '0.6', '0.3']);
    expect(new Set(column('state'))).toEqual(new Set(['completed']));
    const { items } = (await service.get(`${study}/trials`)).json();
    expect(column('parameters.hiddenUnits')).toEqual(
      items.map(({ parameters }: { parameters: Record<string, number> }) => String(parameters['hiddenUnits'])),
    );
    expect(column('endedAt')).toEqual(items.map(({ endedAt }: { endedAt: string }) => endedAt));
  });

  it('has the same sources as the list of trials', async () => {
    const { id } = (await service.post('/v1/studies', geneticStudy())).json();
    await runSql(
      service.url,
      `UPDATE trial SET state = 'cancelled', steps_trained = 2, finished_at = now() WHERE study_id = '${id}' AND number = 0`,
    );
    const { items } = (await service.get(`/v1/studies/${id}/trials`)).json();
    const [header, ...records] = (await service.get(`/v1/studies/${id}/trials.csv`)).body.split('\r\n').slice(0, -1);
    const place = header?.split(',').indexOf('source') ?? -1;
    const sources = records.map((record) => record.split(',')[place] || null);
    expect(sources).toEqual(items.map(({ source }: { source: string | null }) => source));
    expect(new Set(sources)).toEqual(new Set(['trained', null]));
    await service.post(`/v1/studies/${id}/cancel`);
  });

  it('lists the trials of a campaign part by part', async () => {
    const lines = (await service.get(`${campaign}/trials.csv`)).body.split('\r\n').slice(0, -1);
    const [header, ...records] = lines;
    expect(header).toMatch(/^part,kind,number,id,/);
    const { parts } = (await service.get(campaign)).json();
    const expected = parts.flatMap((part: { name: string; kind: string; trials: { completed: number } }) =>
      Array.from({ length: part.trials.completed }, (_, number) => `${part.name},${part.kind},${number}`),
    );
    expect(records.map((record) => record.split(',').slice(0, 3).join(','))).toEqual(expected);
  });
});

it('answers 404 for what does not exist, and 422 for what is no id', async () => {
  for (const [kind, code] of [
    ['campaigns', 'campaign-not-found'],
    ['studies', 'study-not-found'],
  ]) {
    for (const rest of ['report', 'report.html', 'trials.csv']) {
      expect((await service.get(`/v1/${kind}/${unknownId}/${rest}`)).json()).toMatchObject({ status: 404, code });
      expect((await service.get(`/v1/${kind}/x/${rest}`)).json()).toMatchObject({ status: 422, code: 'invalid-request' });
      expect((await service.get(`/v1/${kind}/${unknownId}/${rest}?format=pdf`)).statusCode).toBe(422);
    }
  }
});
