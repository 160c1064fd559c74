import { setImmediate } from 'node:timers/promises';
import { digestOf } from '../../shared/digest.ts';
import { chained, emptyChain, headAfter } from '../events/chain.ts';
import type { ChainedEvent, EventBody, ResultFacts } from '../events/event.ts';
import { checkpointEvents, countedResults, creationFacts, foldedEvents, queuedEvents } from '../events/facts.ts';
import type { FinishedTrial } from '../ports/transactions.ts';
import type { ImportPlan } from './plan.ts';

/** Trials that one event names at most. */
const trialsAtOnce = 500;
/** Events between two pauses: one that names hundreds of trials takes milliseconds. */
const eventsAtOnce = 4;

/**
 * The event log of a study that is made of a document: where it comes from, then all that a search with these results
 * would have written, in some order in which it could have happened. Chained with pauses in which whatever else the process does has its turn.
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
  const { spec, progress, checkpoints, finished, queue, document } = plan;
  const results = finished.filter(({ state }) => state !== 'cancelled').length;
  const bodies: EventBody[] = [{ type: 'study-imported', data: { ...creationFacts(spec, progress.version), document, trials: results } }];
  const planned = [...finished, ...queue].sort((one, other) => one.number - other.number);
  const facts = finished.map(factsOf);
  let folded = 0;
  const foldUntil = (end: number): void => {
    bodies.push(...slices(planned.slice(folded, end)).flatMap(queuedEvents), ...slices(facts.slice(folded, end)).flatMap(foldedEvents));
    folded = end;
  };
  for (const checkpoint of checkpoints) {
    foldUntil(checkpoint.trials);
    bodies.push(...checkpointEvents([checkpoint]));
  }
  foldUntil(progress.folded);
  bodies.push(...slices(planned.slice(folded)).flatMap(queuedEvents), ...endOf(plan, facts));
  return bodies;
}

function endOf({ state, outcome, progress }: ImportPlan, facts: readonly ResultFacts[]): EventBody[] {
  if (state === 'active') return [];
  if (state === 'paused' || outcome === null) return [{ type: 'study-paused', data: {} }];
  const unfolded = facts.filter(({ number }) => number >= progress.folded);
  return [{ type: 'study-ended', data: { state, outcome, trials: countedResults(unfolded, outcome.lastTrial) } }];
}

/** As `resultFacts` reads it back. */
function factsOf({ number, state, value, values: metrics, diverged, error, evaluation }: FinishedTrial): ResultFacts {
  const source = state === 'cancelled' ? 'trained' : 'imported';
  const digests = { epochs: 0, reports: null, evaluation: evaluation && digestOf(evaluation), incidents: [] };
  return { number, state, value, metrics, diverged, error: error?.code ?? null, source, ...digests };
}

function slices<T>(items: readonly T[]): (readonly T[])[] {
  return Array.from({ length: Math.ceil(items.length / trialsAtOnce) }, (_, index) =>
    items.slice(index * trialsAtOnce, (index + 1) * trialsAtOnce),
  );
}
