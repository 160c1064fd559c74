import { describe, expect, test } from 'vitest';
import { createTestDatabase } from '../store/database.ts';
import { temporaryFolder } from '../store/temporary-folder.ts';
import { eventually } from '../support/eventually.ts';
import { type Collector, type ReceivedSpan, startCollector } from './collector.ts';
import { completed, getTrials, type ServiceProcess, startProcess } from './service-process.ts';
import { knownStudy, longEvaluation } from './studies.ts';
import { workerStudy } from './workers.ts';

const [traceId, clientSpan] = ['0af7651916cd43dd8448eb211c80319c', 'b7ad6b7169203331'];
const traceparent = `00-${traceId}-${clientSpan}-01`;

/** Settings of a process that sends its traces to a collector. */
const sendingTo = ({ url }: Pick<Collector, 'url'>, service: string) => ({
  OTEL_EXPORTER_OTLP_ENDPOINT: url,
  OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
  OTEL_EXPORTER_OTLP_HEADERS: 'x-collector-key=secret-of-the-collector',
  OTEL_SERVICE_NAME: service,
});

/** Members of the answers that the tests read. */
interface Created {
  readonly id: string;
  readonly trials?: readonly { readonly id: string; readonly lease: { readonly token: string } }[];
}

async function post(url: string, path: string, body: object, headers: Record<string, string> = {}) {
  const init = { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) };
  const answer = await fetch(`${url}${path}`, init);
  expect(answer.status, path).toBeLessThan(300);
  return answer.json() as Promise<Created>;
}

async function stopped(...processes: ServiceProcess[]): Promise<void> {
  for (const one of processes) one.signal('SIGTERM');
  for (const one of processes) expect(await one.exited, one.output()).toBe(0);
}

const named = (spans: readonly ReceivedSpan[], name: string) => spans.filter((span) => span.name === name);
const isWithin = (inner: ReceivedSpan, outer: ReceivedSpan) => inner.start >= outer.start && inner.end <= outer.end;

describe('traces of a service', () => {
  test('lead from the request that creates a study to the last step of each of its trials, over two processes', async () => {
    await using collector = await startCollector();
    await using database = await createTestDatabase();
    await using folder = await temporaryFolder();
    const shared = { DATABASE_URL: database.url, CLAVIER_DATA_DIR: folder.path, CLAVIER_SLOTS: '2', CLAVIER_KEY: 'operators-own-key' };
    await using api = startProcess(['api'], { ...shared, ...sendingTo(collector, 'tuning-api') });
    await using runner = startProcess(['runner'], { ...shared, ...sendingTo(collector, 'tuning-runner') });
    const url = await api.url();
    const headers = { authorization: 'Bearer operators-own-key', traceparent };
    const labels = { owner: 'text-of-a-client' };
    const definition = { ...knownStudy, labels, objective: { ...knownStudy.objective, steps: 3 } };
    const { id } = await post(url, '/v1/studies', definition, headers);
    const state = async (): Promise<unknown> => {
      const answer = await fetch(`${url}/v1/studies/${id}`, { headers: { authorization: headers.authorization } });
      return ((await answer.json()) as { state: unknown }).state;
    };
    await eventually(async () => (await state()) === 'completed', { until: 'the study has ended' });
    await stopped(runner, api);

    const spans = collector.spans.filter((span) => span.traceId === traceId);
    const byId = new Map(spans.map((span) => [span.spanId, span]));
    const parentOf = (span: ReceivedSpan) => byId.get(span.parentSpanId);
    const [created, ...others] = named(spans, 'POST /v1/studies');
    expect(others).toEqual([]);
    expect(created).toMatchObject({ parentSpanId: clientSpan, service: 'tuning-api' });
    expect(created?.attributes).toMatchObject({ 'http.route': '/v1/studies', 'http.response.status_code': 201 });
    // Every span but the first has its parent in this trace, and begins after it.
    for (const span of spans) if (span !== created) expect(parentOf(span)?.start, span.name).toBeLessThanOrEqual(span.start);

    const attempts = named(spans, 'attempt');
    expect(attempts.map(({ attributes }) => attributes['clavier.trial.number']).toSorted((a, b) => Number(a) - Number(b))).toEqual(
      Array.from({ length: 10 }, (_, number) => number),
    );
    for (const attempt of attempts) {
      expect(attempt).toMatchObject({ parentSpanId: created?.spanId, service: 'tuning-runner', status: 0 });
      expect(attempt.attributes).toMatchObject({ 'clavier.study.id': id, 'clavier.outcome': 'completed', 'clavier.steps': 3 });
      const inside = spans.filter(({ parentSpanId }) => parentSpanId === attempt.spanId);
      const steps = named(inside, 'step').toSorted((a, b) => (a.start < b.start ? -1 : 1));
      expect(steps.map(({ attributes }) => attributes['clavier.step'])).toEqual([1, 2, 3]);
      const [settlement] = named(inside, 'settlement');
      for (const span of inside) expect(isWithin(span, attempt), span.name).toBe(true);
      const last = steps.at(-1);
      expect(settlement && last && settlement.start >= last.end).toBe(true);
    }
    const advances = named(spans, 'advance');
    expect(advances.length).toBeGreaterThan(0);
    for (const advance of advances) expect(['settlement', 'POST /v1/studies']).toContain(parentOf(advance)?.name);
    const plans = named(spans, 'plan');
    expect(plans.length).toBeGreaterThan(0);
    for (const plan of plans) expect(parentOf(plan)?.name).toBe('advance');

    // Lines of the log have their place in the trace. Nothing has a secret, or a text of the client.
    expect(collector.lines.filter((line) => line.traceId === traceId).map(({ body }) => body)).toContain('POST /v1/studies 201');
    expect(collector.lines.some(({ body }) => body === 'stopped')).toBe(true);
    const line = api
      .output()
      .split('\n')
      .find((text) => text.includes('POST /v1/studies 201'));
    expect(JSON.parse(line ?? '{}')).toMatchObject({ trace_id: traceId, span_id: created?.spanId });
    for (const { text, key } of collector.requests) {
      for (const word of ['operators-own-key', 'secret-of-the-collector', 'text-of-a-client', knownStudy.objective.function])
        expect(text).not.toContain(word);
      expect(key).toBe('secret-of-the-collector');
    }
  });

  test('show requests of workers in their own trace, and linked in that of the study', async () => {
    await using collector = await startCollector();
    await using database = await createTestDatabase();
    await using folder = await temporaryFolder();
    const shared = { DATABASE_URL: database.url, CLAVIER_DATA_DIR: folder.path };
    await using api = startProcess(['api'], { ...shared, ...sendingTo(collector, 'api'), OTEL_BSP_SCHEDULE_DELAY: '50' });
    const url = await api.url();
    const { id } = await post(url, '/v1/studies', workerStudy(), { traceparent });
    const [asking, completing] = ['1'.repeat(32), '2'.repeat(32)];
    const asked = await post(url, '/v1/ask', { worker: 'w', studies: [id] }, { traceparent: `00-${asking}-${clientSpan}-01` });
    const [given] = asked.trials ?? [];
    await post(
      url,
      `/v1/trials/${given?.id}/complete`,
      { token: given?.lease.token, values: { loss: 1 } },
      { traceparent: `00-${completing}-${clientSpan}-01` },
    );
    const joined = () => collector.spans.filter((span) => span.traceId === traceId && span.name.startsWith('worker '));
    await eventually(() => joined().length >= 2, { until: 'both requests are in the trace of the study' });
    await stopped(api);
    const [created] = named(collector.spans, 'POST /v1/studies');
    const shown = joined().map(({ name, links, parentSpanId }) => ({ name, links, parentSpanId }));
    const expected = [
      { trace: asking, route: '/v1/ask' },
      { trace: completing, route: '/v1/trials/:trialId/complete' },
    ].map(({ trace, route }) => {
      const [own] = named(collector.spans, `POST ${route}`);
      expect(own).toMatchObject({ traceId: trace, parentSpanId: clientSpan });
      return { name: `worker ${route}`, links: [own?.spanId], parentSpanId: created?.spanId };
    });
    expect(shown.toSorted((a, b) => a.name.localeCompare(b.name))).toEqual(expected);
  });

  test('end when the process is told to stop, with the step that it gave up', async () => {
    await using collector = await startCollector();
    await using database = await createTestDatabase();
    await using folder = await temporaryFolder();
    const settings = { DATABASE_URL: database.url, CLAVIER_DATA_DIR: folder.path, CLAVIER_SLOTS: '1' };
    await using service = startProcess(['serve'], { ...settings, ...sendingTo(collector, 'service') });
    const url = await service.url();
    const { id } = await post(url, '/v1/studies', longEvaluation);
    await eventually(async () => ((await getTrials(url, id)).items[0]?.stepsDone ?? 0) > 1, { until: 'two steps are done' });
    await stopped(service);
    const [attempt, ...others] = named(collector.spans, 'attempt');
    expect(others).toEqual([]);
    expect(attempt?.attributes).toMatchObject({ 'clavier.outcome': 'released' });
    const steps = collector.spans.filter(({ name, parentSpanId }) => name === 'step' && parentSpanId === attempt?.spanId);
    const unfinished = steps.filter(({ attributes }) => attributes['clavier.step.finished'] === false);
    expect(unfinished.map(({ attributes }) => attributes['clavier.step'])).toEqual([steps.length]);
    // A study of a request without a traceparent begins a trace of its own.
    const [created] = named(collector.spans, 'POST /v1/studies');
    expect(created).toMatchObject({ parentSpanId: '', traceId: attempt?.traceId });
  });
});

describe('a collector', () => {
  test('that cannot be reached costs one warning, and the study and the stop go on', async () => {
    await using gone = await startCollector();
    const { url: address } = gone;
    await gone[Symbol.asyncDispose]();
    await using database = await createTestDatabase();
    await using folder = await temporaryFolder();
    const settings = {
      ...{ DATABASE_URL: database.url, CLAVIER_DATA_DIR: folder.path, OTEL_EXPORTER_OTLP_TIMEOUT: '200' },
      ...{ OTEL_EXPORTER_OTLP_ENDPOINT: address, OTEL_BSP_SCHEDULE_DELAY: '20', OTEL_BLRP_SCHEDULE_DELAY: '20' },
    };
    await using service = startProcess(['serve'], settings);
    const url = await service.url();
    const { id } = await post(url, '/v1/studies', knownStudy);
    await completed(url, id);
    const warnings = () =>
      service
        .output()
        .split('\n')
        .filter((line) => line.includes('cannot be sent to the collector'));
    await eventually(() => warnings().length > 0, { until: 'the warning is written' });
    await stopped(service);
    expect(warnings()).toHaveLength(1);
  });

  test('gets protobuf unless JSON is asked for', async () => {
    await using collector = await startCollector();
    await using database = await createTestDatabase();
    await using folder = await temporaryFolder();
    const settings = {
      DATABASE_URL: database.url,
      CLAVIER_DATA_DIR: folder.path,
      OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `${collector.url}/here`,
    };
    await using api = startProcess(['api'], settings);
    await fetch(`${await api.url()}/v1/studies`);
    await stopped(api);
    expect([...new Set(collector.requests.map(({ path, type }) => `${path} ${type}`))]).toEqual(['/here application/x-protobuf']);
  });
});

describe('the packages of OpenTelemetry', () => {
  test.each([
    { settings: {}, isLoaded: false },
    { settings: { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1', OTEL_SDK_DISABLED: 'true' }, isLoaded: false },
    { settings: { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1', OTEL_EXPORTER_OTLP_TIMEOUT: '100' }, isLoaded: true },
  ])('are loaded only if they are to be used: $settings', async ({ settings, isLoaded }) => {
    await using database = await createTestDatabase();
    await using folder = await temporaryFolder();
    const shared = { DATABASE_URL: database.url, CLAVIER_DATA_DIR: folder.path, NODE_DEBUG: 'module' };
    await using api = startProcess(['api'], { ...shared, ...settings });
    await api.url();
    expect(api.output()).toMatch(/node_modules.fastify/);
    expect(/node_modules.@opentelemetry.(sdk|exporter|resources|otlp)/.test(api.output())).toBe(isLoaded);
  });

  test('are not loaded with a setting that is wrong, which one line names', async () => {
    const wrong = { OTEL_EXPORTER_OTLP_ENDPOINT: 'collector:4317', OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc', OTEL_TRACES_SAMPLER: 'sometimes' };
    await using runner = startProcess(['runner'], { DATABASE_URL: 'postgresql://127.0.0.1:1/none', ...wrong });
    expect(await runner.exited).toBe(2);
    await runner.closed;
    expect(runner.output().trim().split('\n')).toEqual([
      'clavier: OTEL_EXPORTER_OTLP_ENDPOINT is wrong; it must be an address such as http://127.0.0.1:4318; OTEL_EXPORTER_OTLP_PROTOCOL is "grpc"; it must be one of http/protobuf, http/json; OTEL_TRACES_SAMPLER is "sometimes"; it must be one of always_on, always_off, traceidratio, parentbased_always_on, parentbased_always_off, parentbased_traceidratio',
    ]);
  });
});
