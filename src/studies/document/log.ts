import { setImmediate } from 'node:timers/promises';
import { objectiveFor } from '../../objectives/table.ts';
import { type GivenTrial, sourceSchema } from '../definition/given-trials.ts';
import { readDefinition } from '../definition/stored.ts';
import { chained, emptyChain, headAfter } from '../events/chain.ts';
import type { ChainedEvent, EventBody } from '../events/event.ts';
import {
  changedEvent,
  checkpointEvents,
  creationFacts,
  endEvent,
  extendedEvent,
  givenEvents,
  movedEvent,
  observedEvents,
  queuedEvents,
} from '../events/facts.ts';
import type { StoredResult } from '../events/stored-result.ts';
import type { FinishedTrial } from '../ports/transactions.ts';
import type { PlannedTrial } from '../search/plan.ts';
import type { ImportPlan } from './import-plan.ts';

/** Trials that one event names at most. */
const trialsAtOnce = 500;
/** Events between two pauses: one that names hundreds of trials takes milliseconds. */
const eventsAtOnce = 4;

/**
 * Synthesises the event log of an imported study: provenance, then one valid order of the events that a live run would have
 * written. Yields to the event loop while chaining.
 */
export async function importedLog(plan: ImportPlan): Promise<ChainedEvent[]> {
  const log: ChainedEvent[] = [];
  let head = emptyChain;
  for (const body of eventsOf(plan)) {
    const events = chained(head, [body]);
    head = headAfter(head, events);
    log.push(...events);
    if (log.length % eventsAtOnce === 0) await setImmediate();
  }
  return log;
}

function eventsOf(plan: ImportPlan): EventBody[] {
  const { spec, definition, progress, checkpoints, finished, queue, document } = plan;
  const versions = { sampler: progress.version, objective: objectiveFor(spec.objective).version };
  const results = finished.filter(({ state }) => state !== 'cancelled').length;
  const bodies: EventBody[] = [{ type: 'study-imported', data: { ...creationFacts(definition, versions), document, trials: results } }];
  bodies.push(...changeEvents(plan));
  const planned = [...finished, ...queue].sort((one, other) => one.number - other.number);
  const stored = finished.map(storedResultOf);
  let observed = 0;
  const observeUntil = (end: number): void => {
    bodies.push(...announcedEvents(planned.slice(observed, end)), ...slices(stored.slice(observed, end)).flatMap(observedEvents));
    observed = end;
  };
  for (const checkpoint of checkpoints) {
    observeUntil(checkpoint.trials);
    bodies.push(...checkpointEvents([checkpoint]));
  }
  observeUntil(progress.observed);
  bodies.push(...announcedEvents(planned.slice(observed)), ...endOf(plan, stored));
  return bodies;
}

/** The events of trials before their results: suggested ones were queued, the others given. */
function announcedEvents(trials: readonly (FinishedTrial | PlannedTrial)[]): EventBody[] {
  const runs: (FinishedTrial | PlannedTrial)[][] = [];
  for (const trial of trials) {
    const last = runs.at(-1);
    if (last?.[0] && (last[0].given === null) === (trial.given === null)) last.push(trial);
    else runs.push([trial]);
  }
  return runs.flatMap((run) => (run[0]?.given ? givenEvents(run[0].number, run.map(givenOf)) : slices(run).flatMap(queuedEvents)));
}

function givenOf(trial: FinishedTrial | PlannedTrial): GivenTrial {
  const values = trial.given === 'known' && 'values' in trial ? trial.values : null;
  const from = sourceSchema.optional().parse(trial.origin['from']);
  return { parameters: { ...trial.parameters }, ...(values && { values: { ...values } }), ...(from && { from }) };
}

/** The changes of the study, as if they had been made at its start: the search is the same. */
function changeEvents({ definition: { version, content }, changes }: ImportPlan): EventBody[] {
  if (changes === null) return [];
  const { budget, ...to } = changes;
  const { budget: earlier, parallelism, labels } = readDefinition(version, content);
  const from = { ...(to.parallelism !== undefined && { parallelism }), ...(to.labels !== undefined && { labels }) };
  return [
    ...(budget === undefined ? [] : [extendedEvent({ from: earlier, to: budget, observed: 0, checkpoints: 0 })]),
    ...(Object.keys(to).length === 0 ? [] : [changedEvent(from, to)]),
  ];
}

function endOf({ state, outcome, progress }: ImportPlan, stored: readonly StoredResult[]): EventBody[] {
  if (state === 'active') return [];
  if (state === 'paused' || outcome === null) return [movedEvent('study-paused')];
  const unobserved = stored.filter(({ number }) => number >= progress.observed);
  return [endEvent({ state, outcome }, unobserved)];
}

/** As `storedResults` reads it back. */
function storedResultOf({ number, state, source, value, values, diverged, error, evaluation }: FinishedTrial): StoredResult {
  const beside = { reuse: null, measurements: [], evaluation, incidents: [] };
  return { number, state, value, values, diverged, error: error?.code ?? null, source, ...beside };
}

function slices<T>(items: readonly T[]): (readonly T[])[] {
  return Array.from({ length: Math.ceil(items.length / trialsAtOnce) }, (_, index) =>
    items.slice(index * trialsAtOnce, (index + 1) * trialsAtOnce),
  );
}
