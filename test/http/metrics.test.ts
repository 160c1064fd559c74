import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { metricNames, openMetrics } from '../../src/metrics/metrics.ts';
import { DatabaseUnreachableError } from '../../src/shared/database-unreachable.ts';
import { tell } from '../../src/shared/telemetry.ts';
import { externalStudy, geneticStudy } from './definitions.ts';
import { startTestService, type TestService } from './service.ts';

let service: TestService;
beforeAll(async () => {
  service = await startTestService();
});
afterAll(() => service[Symbol.asyncDispose]());

/** The value of a series; null if it is not there. */
async function shownValue(series: string): Promise<number | null> {
  const { body } = await service.get('/metrics');
  const line = body.split('\n').find((each) => each.startsWith(`${series} `));
  return line === undefined ? null : Number(line.slice(series.length + 1));
}

describe('the metrics of a service', () => {
  it('count trials and studies by project and state, and the age of the queue', async () => {
    expect(await shownValue('clavier_up')).toBe(1);
    const { id } = (await service.post('/v1/studies', geneticStudy())).json();
    await service.database.$executeRaw`UPDATE trial SET queued_at = clock_timestamp() - interval '90 seconds'`;
    await expect.poll(() => shownValue('clavier_studies{project="default",state="active"}'), { timeout: 10_000 }).toBe(1);
    const queued = await service.database.trial.count({ where: { studyId: id, state: 'queued' } });
    expect(queued).toBeGreaterThan(0);
    expect(await shownValue('clavier_trials{project="default",state="queued"}')).toBe(queued);
    expect(await shownValue('clavier_queue_age_seconds{project="default"}')).toBeGreaterThanOrEqual(90);
  });

  it('count requests by route, and the time of plans by sampler', async () => {
    const { id } = (await service.post('/v1/studies', externalStudy({ sampler: { type: 'random' } }))).json();
    for (let request = 0; request < 3; request += 1) await service.get(`/v1/studies/${id}`);
    const asked = await service.post(`/v1/studies/${id}/ask`, { worker: 'w' });
    expect(asked.json().trials).toHaveLength(1);
    const counted = 'clavier_http_request_duration_seconds_count{method="GET",route="/v1/studies/:studyId",status="200"}';
    expect(await shownValue(counted)).toBeGreaterThanOrEqual(3);
    expect(await shownValue('clavier_suggestions_total{sampler="random"}')).toBeGreaterThanOrEqual(1);
    expect(await shownValue('clavier_search_step_seconds_count{sampler="random"}')).toBeGreaterThanOrEqual(1);
  });

  it('count leases that were lost', async () => {
    const before = (await shownValue('clavier_leases_lost_total')) ?? 0;
    tell('leasesLost', { trials: 3 });
    expect(await shownValue('clavier_leases_lost_total')).toBe(before + 3);
  });

  it('tell the lag of events, the streams that are open, and those that were cut off', async () => {
    const shown = async () => [
      await shownValue('clavier_event_streams'),
      await shownValue('clavier_event_streams_dropped_total'),
      await shownValue('clavier_event_lag_seconds_count'),
      await shownValue('clavier_event_lag_seconds_bucket{le="0.1"}'),
    ];
    const before = (await shown()).map(Number);
    for (const what of ['opened', 'opened', 'opened', 'closed', 'dropped'] as const) tell('eventStream', what);
    for (const seconds of [0.05, 2]) tell('eventPassedOn', { seconds });
    expect((await shown()).map((value, index) => Number(value) - Number(before[index]))).toEqual([1, 1, 2, 1]);
  });

  it('are kept from the keys of a project', async () => {
    await using locked = await startTestService({ key: 'operators-own' });
    const headers = { authorization: 'Bearer operators-own' };
    const { secret } = (
      await locked.request({ method: 'POST', url: '/v1/keys', headers, payload: { name: 'x', scopes: ['admin'] } })
    ).json();
    expect((await locked.get('/metrics', headers)).statusCode).toBe(200);
    expect((await locked.get('/metrics')).statusCode).toBe(401);
    expect((await locked.get('/metrics', { authorization: `Bearer ${secret}` })).json()).toMatchObject({ status: 403, code: 'forbidden' });
  });
});

describe('metrics without a database', () => {
  it('say so, show what the process knows, and nothing that is no longer true', async () => {
    let isAway = false;
    const readings = {
      trials: [{ project: 'p', state: 'queued', count: 4 }],
      waiting: [],
      steps: [],
      studies: [],
      webhooks: [],
      deliveries: [],
      runners: 1,
    };
    const read = async () => (isAway ? Promise.reject(new DatabaseUnreachableError('gone', {})) : readings);
    const text = async () => {
      using metrics = openMetrics({ read, pools: () => [{ pool: 'api', total: 5, idle: 2, waiting: 1 }] }, '1.2.3');
      return await metrics.text();
    };
    expect(await text()).toContain('clavier_trials{project="p",state="queued"} 4');
    isAway = true;
    const away = await text();
    expect(away).toContain('clavier_up 0');
    expect(away).not.toContain('clavier_trials{');
    expect(away).toContain('clavier_database_connections{pool="api",state="busy"} 3');
    expect(away).toContain('clavier_info{version="1.2.3"} 1');
  });
});

describe('the Grafana dashboard', () => {
  it('asks for metrics and labels that there are, and for each of ours', async () => {
    const board = JSON.parse(await readFile(resolve(import.meta.dirname, '../../docs/operations/grafana-dashboard.json'), 'utf8'));
    const queries: string[] = board.panels.flatMap(({ targets }: { targets?: { expr: string }[] }) =>
      (targets ?? []).map(({ expr }) => expr),
    );
    expect(queries.length).toBeGreaterThan(8);
    const named = new Set<string>();
    for (const query of queries) {
      for (const [, name = '', suffix] of query.matchAll(/\b(clavier_[a-z_]+?)(_bucket|_count|_sum)?(?=[{[\s)]|$)/g)) {
        expect(Object.keys(metricNames), query).toContain(name);
        if (suffix !== undefined) expect(name, query).toMatch(/_seconds$/);
        named.add(name);
      }
      const labels = new Set<string>(Object.values(metricNames).flatMap((metric) => [...metric.labels]));
      for (const [, list = ''] of query.matchAll(/by \(([^)]*)\)/g))
        for (const label of list.split(',').map((text) => text.trim())) expect([...labels, 'le', 'instance'], query).toContain(label);
    }
    const shown = Object.keys(metricNames).filter((name) => name !== 'clavier_info');
    expect([...named].toSorted()).toEqual(shown.toSorted());
  });
});
