import { parseHTML } from 'linkedom';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ComparisonRepresentation } from '../../src/api/comparison.ts';
import { databaseReader } from '../../src/store/reader.ts';
import { geneticStudy } from './definitions.ts';
import { startTestService, type TestService } from './service.ts';
import { work } from './worker.ts';

let service: TestService;
let ids: Record<'genetic' | 'random' | 'open' | 'least' | 'fork', string>;
beforeAll(async () => {
  service = await startTestService();
  const create = async (changes: Record<string, unknown>): Promise<string> =>
    (await service.post('/v1/studies', geneticStudy(changes))).json().id;
  const genetic = await create({ name: 'by <generations>' });
  const random = await create({ name: 'at random', sampler: { type: 'random' }, budget: { trials: 5 } });
  const least = await create({ metrics: [{ name: 'value', direction: 'minimize' }] });
  await work(service.database);
  const fork = (await service.post(`/v1/studies/${genetic}/fork`, { generation: 0, seed: 9 })).json().id;
  await work(service.database);
  ids = { genetic, random, least, fork, open: await create({ name: 'at random', sampler: { type: 'random' }, budget: { trials: 5 } }) };
});
afterAll(() => service[Symbol.asyncDispose]());

const urlOf = (path: string, ...names: (keyof typeof ids)[]): string => `${path}?${names.map((name) => `study=${ids[name]}`).join('&')}`;
const compared = async (...names: (keyof typeof ids)[]): Promise<ComparisonRepresentation> => {
  const response = await service.get(urlOf('/v1/compare', ...names));
  expect(response.statusCode, response.body).toBe(200);
  return response.json();
};

describe('GET /v1/compare', () => {
  it('has of each study what its own report and its leaderboard say, in the order of the request', async () => {
    const { metrics, label, remark, studies } = await compared('random', 'genetic');
    expect([metrics, label, remark]).toEqual([[{ name: 'value', direction: 'maximize' }], 'value', null]);
    expect(studies.map(({ id }) => id)).toEqual([ids.random, ids.genetic]);
    for (const { id, name, state, sampler, best, cost, bestSoFar } of studies) {
      const report = (await service.get(`/v1/studies/${id}/report`)).json();
      const [leader] = (await service.get(`/v1/studies/${id}/leaderboard`)).json().items;
      expect({ name, state, cost, sampler }).toEqual({
        name: report.name,
        state: report.state,
        cost: report.methods[0].cost,
        sampler: report.methods[0].sampler,
      });
      expect(best).toEqual({ value: leader.value, parameters: leader.parameters, trialId: leader.id, number: leader.number });
      expect(Object.keys(best?.parameters ?? {})).toEqual(['learningRate', 'hiddenUnits']);
      expect(bestSoFar.map(({ stepsDone: _, ...point }) => point)).toEqual(report.bestSoFar[0].improvements);
      // Each trial of these studies has one step.
      for (const { trialsCharged, stepsDone } of bestSoFar) expect(stepsDone).toBe(trialsCharged);
    }
  });

  it('ranks by the best value: equal values share a place, and a study without one has none', async () => {
    const { studies } = await compared('open', 'random', 'genetic', 'fork');
    const best = new Map(studies.map(({ id, best: found }) => [id, found?.value ?? null]));
    expect(best.get(ids.open)).toBeNull();
    for (const { id, rank } of studies) {
      const own = best.get(id) ?? null;
      expect(rank).toBe(own === null ? null : 1 + [...best.values()].filter((value) => value !== null && value > own).length);
    }
  });

  it('names the differences of the definitions, with the value of each study', async () => {
    const { differences, differencesLeftOut } = await compared('genetic', 'random', 'open');
    const valuesOf = (key: string) => differences.find((difference) => difference.key === key)?.values;
    expect(valuesOf('sampler.type')).toEqual([
      { study: ids.genetic, value: 'genetic' },
      { study: ids.random, value: 'random' },
      { study: ids.open, value: 'random' },
    ]);
    expect(valuesOf('budget.trials')?.map(({ value }) => value)).toEqual([null, 5, 5]);
    expect(differencesLeftOut).toBe(0);
    expect((await compared('random', 'open')).differences).toEqual([]);
  });

  it('says what a fork comes from, and counts no steps for imported results', async () => {
    const { studies, differences } = await compared('genetic', 'fork');
    expect(studies[0]?.forkedFrom).toBeNull();
    expect(studies[1]?.forkedFrom).toMatchObject({ study: ids.genetic, generation: 0, trials: 4 });
    const [first] = studies[1]?.bestSoFar ?? [];
    expect(first).toMatchObject({ trialsCharged: 1, stepsDone: 0 });
    expect(differences.map(({ key }) => key)).toEqual(['seed', 'lineage.0.trials', 'lineage.0.seed']);
  });

  it('refuses studies whose values do not compare, and names two of them', async () => {
    const response = await service.get(urlOf('/v1/compare', 'genetic', 'random', 'least'));
    const { status, code, detail, errors } = response.json();
    expect([status, code, errors[0].parameter]).toEqual([422, 'not-comparable', 'study']);
    expect(detail).toContain(`by <generations> (${ids.genetic}) optimises value of test-function (maximize)`);
    expect(detail).toContain(`small (${ids.least}) optimises value of test-function (minimize)`);
  });

  it('refuses studies of different tasks, and reads no trials for that', async () => {
    const read: string[] = [];
    const reader = databaseReader(service.database);
    const noting = await startTestService({
      reader: {
        ...reader,
        snapshot: (work) =>
          reader.snapshot((inner) =>
            work({
              ...inner,
              trialTotals: (id) => {
                read.push(id);
                return inner.trialTotals(id);
              },
            }),
          ),
      },
    });
    const created = Object.entries({ 'sphere-2': 0, branin: 0, 'branin ': 1 }).map(async ([name, noise]) => {
      const searchSpace = ['x1', 'x2'].map((parameter) => ({ type: 'float', name: parameter, low: 0, high: 5 }));
      const definition = { name, searchSpace, metrics: [{ name: 'value' }], sampler: { type: 'random' }, budget: { trials: 1 } };
      const created = await service.post('/v1/studies', {
        ...definition,
        objective: { type: 'test-function', function: name.trim(), noise },
      });
      return created.json().id;
    });
    const [sphere, branin, noisy] = await Promise.all(created);
    for (const [one, other, difference] of [
      [sphere, branin, ['has function sphere-2, noise 0', 'has function branin, noise 0']],
      [branin, noisy, ['has function branin, noise 0', 'has function branin, noise 1']],
    ]) {
      const { code, detail } = (await noting.get(`/v1/compare?study=${one}&study=${other}`)).json();
      expect(code).toBe('not-comparable');
      for (const text of difference) expect(detail).toContain(text);
    }
    expect(read).toEqual([]);
    await noting[Symbol.asyncDispose]();
  });

  it('compares studies that workers evaluate by their metric, and says so', async () => {
    const external = (direction: string) => ({
      name: 'own',
      searchSpace: [{ type: 'float', name: 'x', low: 0, high: 1 }],
      metrics: [{ name: 'score' }],
      sampler: { type: 'random' },
      budget: { trials: 1 },
      objective: { type: 'external', metrics: [{ name: 'score', direction }] },
    });
    const make = async (direction: string) => (await service.post('/v1/studies', external(direction))).json().id;
    const [one, other, least] = [await make('maximize'), await make('maximize'), await make('minimize')];
    const comparison = (await service.get(`/v1/compare?study=${one}&study=${other}`)).json();
    expect(comparison.remark).toMatch(/^Workers of clients evaluated these trials/);
    expect((await service.get(`/v1/compare.html?study=${one}&study=${other}`)).body).toContain(comparison.remark);
    expect((await service.get(`/v1/compare?study=${one}&study=${least}`)).json().code).toBe('not-comparable');
  });

  it('answers 304 to who has it, and with the page to a browser', async () => {
    const url = urlOf('/v1/compare', 'genetic', 'random');
    const { headers } = await service.get(url);
    expect((await service.get(url, { 'if-none-match': String(headers.etag) })).statusCode).toBe(304);
    const page = await service.get(url, { accept: 'text/html,*/*;q=0.8' });
    expect([page.headers['content-type'], page.headers.vary]).toEqual(['text/html; charset=utf-8', 'accept, accept-encoding']);
    expect(page.body).toBe((await service.get(urlOf('/v1/compare.html', 'genetic', 'random'))).body);
  });
});

describe('GET /v1/compare.html', () => {
  const pageOf = async (...names: (keyof typeof ids)[]) => {
    const { body, headers } = await service.get(urlOf('/v1/compare.html', ...names));
    return { body, headers, document: parseHTML(body).document };
  };
  const texts = (document: ReturnType<typeof parseHTML>['document'], selector: string): string[] =>
    [...document.querySelectorAll(selector)].map(({ textContent }) => String(textContent).trim());

  it('needs nothing else, and escapes what users write', async () => {
    const { body, headers } = await pageOf('genetic', 'random', 'open', 'fork');
    expect(headers['content-security-policy']).toContain("default-src 'none'");
    expect(body).not.toMatch(/<script|<iframe|<img|@import|url\(|src=|<generations>/i);
    expect(body).toContain('by &lt;generations&gt;');
  });

  it('has the results, a plot for each measure of effort, the best configurations and the differences', async () => {
    const { document } = await pageOf('genetic', 'random', 'open');
    expect(texts(document, 'h2')).toEqual([
      'Results and costs',
      'Best value so far',
      'The best configurations',
      'Differences of the definitions',
    ]);
    expect(texts(document, 'table.methods tbody th')).toHaveLength(3);
    expect(document.querySelectorAll('svg.plot')).toHaveLength(2);
    for (const plot of document.querySelectorAll('svg.plot')) {
      const named = String(plot.getAttribute('aria-labelledby')).split(' ');
      expect(named.map((id) => document.getElementById(id)?.localName)).toEqual(['title', 'desc']);
      expect(plot.querySelectorAll('g[aria-label="line"] path')).toHaveLength(2);
    }
    expect(texts(document, 'table.leaders tbody tr')).toHaveLength(2);
    expect(texts(document, 'table.differences tbody th')).toContain('sampler.type');
  });

  it('gives every row of a table as many cells as its header has columns', async () => {
    const { document } = await pageOf('genetic', 'random', 'open', 'fork');
    for (const table of document.querySelectorAll('table')) {
      const widths = new Set([...table.querySelectorAll('tbody tr')].map((row) => row.children.length));
      const [first, second] = [...table.querySelectorAll('thead tr')].map((row) => [...row.children]);
      const deep = (first ?? []).filter((cell) => cell.getAttribute('rowspan') === '2').length;
      expect(widths, table.className).toEqual(new Set([second ? second.length + deep : (first?.length ?? 0)]));
    }
  });

  it('tells studies of one name apart, and says that their definitions are equal', async () => {
    const { document } = await pageOf('random', 'open');
    expect(texts(document, 'ul.legend li')).toEqual([`at random (…${ids.random.slice(-6)})`]);
    expect(document.body.textContent).toContain('differ in nothing but their names');
  });
});
