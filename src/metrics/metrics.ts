import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { listen } from '../shared/telemetry.ts';
import { listenToWork } from '../shared/work.ts';
import type { MetricSources, Readings } from './readings.ts';

/** The measurements of a process, in the text format of Prometheus. Disposing it ends the measuring. */
export interface Metrics extends Disposable {
  readonly contentType: string;
  /** Never throws: without the database `clavier_up` is 0, and what is read from it is missing. */
  text(): Promise<string>;
}

/** Every metric of our own: its name, what it is, and the labels that tell its series apart. */
export const metricNames = {
  clavier_up: { help: '1 if the database answered when the metrics were read, else 0', labels: [] },
  clavier_info: { help: '1; the version of the service', labels: ['version'] },
  clavier_http_request_duration_seconds: { help: 'Time of a response', labels: ['method', 'route', 'status'] },
  clavier_trials: { help: 'Trials of the studies that there are', labels: ['project', 'state'] },
  clavier_studies: { help: 'Studies that there are', labels: ['project', 'state'] },
  clavier_steps: { help: 'Steps of the results so far: trained for them, or reused from others', labels: ['project', 'origin'] },
  clavier_queue_age_seconds: { help: 'Time for which the trial that waits longest has waited', labels: ['project'] },
  clavier_runners: { help: 'Runners that were seen lately', labels: [] },
  clavier_leases_lost_total: { help: 'Leases that ended without a result, found by this process', labels: [] },
  clavier_search_step_seconds: { help: 'Time to plan a step of a search', labels: ['sampler'] },
  clavier_suggestions_total: { help: 'Suggestions made by this process', labels: ['sampler'] },
  clavier_runner_slots: { help: 'Slots of the runner of this process: evaluating a trial, or waiting for one', labels: ['state'] },
  clavier_claims_total: { help: 'Trials that this process claimed', labels: ['objective'] },
  clavier_evaluations_total: { help: 'Attempts at trials that ended in this process', labels: ['objective', 'outcome'] },
  clavier_runner_steps_total: { help: 'Steps that attempts of this process trained and stored, or reused', labels: ['origin'] },
  clavier_webhooks: { help: 'Webhooks that there are', labels: ['project', 'state'] },
  clavier_webhook_deliveries_waiting: { help: 'Deliveries to webhooks that wait or are retried', labels: ['project'] },
  clavier_webhook_attempt_seconds: { help: 'Time of an attempt to deliver to a webhook, by what followed from it', labels: ['outcome'] },
  clavier_event_lag_seconds: { help: 'Time from the writing of an event until this process passed it on', labels: [] },
  clavier_event_streams: { help: 'Streams of events that this process sends', labels: [] },
  clavier_event_streams_dropped_total: { help: 'Streams that were cut off because their reader took nothing', labels: [] },
  clavier_database_connections: { help: 'Connections of this process to the database', labels: ['pool', 'state'] },
} as const satisfies Record<string, { help: string; labels: readonly string[] }>;

type MetricName = keyof typeof metricNames;

/** Time for which what was read from the database is shown again: several scrapers cost one read. */
const keptMs = 2000;

/** Begins to measure a process. */
export function openMetrics(sources: MetricSources, version: string): Metrics {
  const registers = [new Registry()];
  const [registry] = registers as [Registry];
  collectDefaultMetrics({ register: registry });
  const gauge = (name: MetricName) =>
    new Gauge({ name, help: metricNames[name].help, labelNames: [...metricNames[name].labels], registers });
  gauge('clavier_info').set({ version }, 1);
  const connections = gauge('clavier_database_connections');
  const gauges = {
    up: gauge('clavier_up'),
    trials: gauge('clavier_trials'),
    studies: gauge('clavier_studies'),
    steps: gauge('clavier_steps'),
    queueAge: gauge('clavier_queue_age_seconds'),
    runners: gauge('clavier_runners'),
    webhooks: gauge('clavier_webhooks'),
    deliveries: gauge('clavier_webhook_deliveries_waiting'),
  };
  const endings = [...listeners(registers), ...runnerListeners(registers, sources.slots ?? 0)];
  let known: { readonly at: number; readonly readings: Promise<Readings | null> } | null = null;
  return {
    contentType: registry.contentType,
    text: async () => {
      if (!known || performance.now() - known.at > keptMs) known = { at: performance.now(), readings: sources.read().catch(() => null) }; // told by `clavier_up`
      show(gauges, await known.readings);
      connections.reset();
      for (const { pool, total, idle, waiting } of sources.pools())
        for (const [state, count] of Object.entries({ busy: total - idle, idle, waiting })) connections.set({ pool, state }, count);
      return registry.metrics();
    },
    [Symbol.dispose]: () => {
      for (const end of endings) end();
      registry.clear();
    },
  };
}

/** Metrics of what happens in this process. @returns the functions that end the listening */
function listeners(registers: Registry[]): (() => void)[] {
  const options = (name: MetricName) => ({ name, help: metricNames[name].help, labelNames: [...metricNames[name].labels], registers });
  const requests = new Histogram({
    ...options('clavier_http_request_duration_seconds'),
    buckets: [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10, 60],
  });
  const plans = new Histogram({ ...options('clavier_search_step_seconds'), buckets: [0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3] });
  const suggestions = new Counter(options('clavier_suggestions_total'));
  const attempts = new Histogram({ ...options('clavier_webhook_attempt_seconds'), buckets: [0.01, 0.03, 0.1, 0.3, 1, 3, 10, 15] });
  const leases = new Counter(options('clavier_leases_lost_total'));
  const lags = new Histogram({ ...options('clavier_event_lag_seconds'), buckets: [0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10, 60] });
  const streams = new Gauge(options('clavier_event_streams'));
  const dropped = new Counter(options('clavier_event_streams_dropped_total'));
  return [
    listen('request', ({ seconds, ...labels }) => requests.observe(labels, seconds)),
    listen('plan', ({ sampler, suggestions: made, seconds }) => {
      plans.observe({ sampler }, seconds);
      suggestions.inc({ sampler }, made);
    }),
    listen('leasesLost', ({ trials }) => leases.inc(trials)),
    listen('webhookAttempt', ({ outcome, seconds }) => attempts.observe({ outcome }, seconds)),
    listen('eventPassedOn', ({ seconds }) => lags.observe(seconds)),
    listen('eventStream', (what) => {
      streams.inc(what === 'opened' ? 1 : -1);
      if (what === 'dropped') dropped.inc();
    }),
  ];
}

/** Metrics of the runner in this process. @param slots 0: it has none @returns the functions that end the listening */
function runnerListeners(registers: Registry[], slots: number): (() => void)[] {
  const options = (name: MetricName) => ({ name, help: metricNames[name].help, labelNames: [...metricNames[name].labels], registers });
  const [claims, evaluations] = [new Counter(options('clavier_claims_total')), new Counter(options('clavier_evaluations_total'))];
  const steps = new Counter(options('clavier_runner_steps_total'));
  const gauge = new Gauge(options('clavier_runner_slots'));
  let busy = 0;
  const showSlots = (change: number): void => {
    busy += change;
    if (slots === 0) return;
    gauge.set({ state: 'busy' }, busy);
    gauge.set({ state: 'idle' }, slots - busy);
  };
  showSlots(0);
  return [
    listenToWork('attempt', {
      begin: ({ objective }) => {
        showSlots(1);
        claims.inc({ objective });
      },
      end: ({ objective, outcome }) => {
        showSlots(-1);
        evaluations.inc({ objective, outcome: outcome ?? 'fault' });
      },
    }),
    listen('step', ({ part }) => {
      if (part === 'step') steps.inc({ origin: 'trained' });
    }),
    listen('reused', ({ steps: count }) => steps.inc({ origin: 'reused' }, count)),
  ];
}

type Gauges = Readonly<Record<'up' | 'trials' | 'studies' | 'steps' | 'queueAge' | 'runners' | 'webhooks' | 'deliveries', Gauge>>;

/** Shows what was read of the database; null: it did not answer. */
function show({ up, ...gauges }: Gauges, readings: Readings | null): void {
  up.set(readings === null ? 0 : 1);
  for (const one of Object.values(gauges)) one.reset();
  if (!readings) {
    gauges.runners.remove();
    return;
  }
  for (const { count, ...labels } of readings.trials) gauges.trials.set(labels, count);
  for (const { count, ...labels } of readings.studies) gauges.studies.set(labels, count);
  for (const { project, trained, reused } of readings.steps) {
    gauges.steps.set({ project, origin: 'trained' }, trained);
    gauges.steps.set({ project, origin: 'reused' }, reused);
  }
  for (const { project, seconds } of readings.waiting) gauges.queueAge.set({ project }, seconds);
  for (const { count, ...labels } of readings.webhooks) gauges.webhooks.set(labels, count);
  for (const { count, ...labels } of readings.deliveries) gauges.deliveries.set(labels, count);
  gauges.runners.set(readings.runners);
}
