import type { RunnerWorld } from '../../src/runner/ports.ts';
import { DatabaseUnreachableError } from '../../src/shared/database-unreachable.ts';
import type { Continuation } from '../../src/studies/ports/continuation.ts';
import type { TrialQueue } from '../../src/studies/ports/queue.ts';

/** What a runner asks of its database, by name. */
export type Asked = Exclude<keyof TrialQueue, 'heartbeat' | 'expireLeases'> | 'begin' | 'adopt' | 'completeKnown' | 'advance';

/** A world whose database is away now and then, as its client tells it. */
export interface AbsentWorld {
  readonly world: (world: RunnerWorld) => RunnerWorld;
  /** How often it was refused. */
  refused(): number;
  /** From here on everything is refused, or nothing any more. */
  leave(): void;
  comeBack(): void;
}

/**
 * @param asked what is refused the first `times`; null: nothing, until `leave`
 * @param moment `before`: nothing was stored; `after`: it was stored, and the answer is lost
 */
export function absentWorld(asked: Asked | null, times = 0, moment: 'before' | 'after' = 'before'): AbsentWorld {
  let refused = 0;
  let isAway = false;
  const refuse = (): never => {
    refused += 1;
    throw new DatabaseUnreachableError('nobody is at the usual place');
  };
  const asking = <A extends unknown[], T>(name: string, ask: (...args: A) => Promise<T>) => {
    return async (...args: A): Promise<T> => {
      if (isAway) refuse();
      if (name !== asked || refused >= times) return ask(...args);
      if (moment === 'after') await ask(...args);
      return refuse();
    };
  };
  return {
    world: (world) => ({
      ...world,
      queue: absentQueue(world.queue, asking),
      continuation: absentContinuation(world.continuation, asking),
      ...absentRest(world, asking),
    }),
    refused: () => refused,
    leave: () => {
      isAway = true;
    },
    comeBack: () => {
      isAway = false;
    },
  };
}

type Asking = <A extends unknown[], T>(name: string, ask: (...args: A) => Promise<T>) => (...args: A) => Promise<T>;

function absentQueue(queue: TrialQueue, asking: Asking): TrialQueue {
  return {
    claim: asking('claim', queue.claim),
    heartbeat: asking('heartbeat', queue.heartbeat),
    recordStep: asking('recordStep', queue.recordStep),
    complete: asking('complete', queue.complete),
    completeEvaluated: asking('completeEvaluated', queue.completeEvaluated),
    fail: asking('fail', queue.fail),
    release: asking('release', queue.release),
    expireLeases: asking('expireLeases', queue.expireLeases),
  };
}

function absentContinuation({ begin, adopt, complete }: Continuation, asking: Asking): Continuation {
  return { begin: asking('begin', begin), adopt: asking('adopt', adopt), complete: asking('completeKnown', complete) };
}

/** The reads of a sweep are left alone: it is the trainings that are looked at. */
function absentRest({ transactions, registration }: RunnerWorld, asking: Asking): Pick<RunnerWorld, 'transactions' | 'registration'> {
  return {
    transactions: { transaction: (work) => asking('advance', () => transactions.transaction(work))() },
    registration: { ...registration, unregister: asking('unregister', registration.unregister) },
  };
}
