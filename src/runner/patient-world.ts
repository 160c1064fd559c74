import { randomUUID } from 'node:crypto';
import type { Continuation } from '../studies/ports/continuation.ts';
import type { TrialQueue } from '../studies/ports/queue.ts';
import type { Patience } from './patience.ts';
import type { RunnerWorld } from './ports.ts';

/**
 * The world of a runner that waits for its database: whatever a training brings and whatever moves a study is tried again
 * until it is stored. All of it may be done twice: a lease's token tells a repeated delivery, an advance that was stored
 * finds nothing to do.
 */
export function patientWorld(world: RunnerWorld, patience: Patience): RunnerWorld {
  const { transactions, registration, continuation } = world;
  return {
    ...world,
    queue: patientQueue(world.queue, patience),
    continuation: patientContinuation(continuation, patience),
    transactions: { transaction: (work, limits) => patience.outlast(() => transactions.transaction(work, limits)) },
    registration: {
      ...registration,
      canEvaluate: (objective) => patience.outlast(() => registration.canEvaluate(objective)),
      cannotEvaluate: (objective) => patience.outlast(() => registration.cannotEvaluate(objective)),
    },
  };
}

/** Heartbeats and the reaper come round again by themselves; all else is waited for. */
function patientQueue(queue: TrialQueue, patience: Patience): TrialQueue {
  return {
    // One token for all tries: a claim whose answer was lost is found again, and no second trial is taken.
    claim: (runnerId, leaseSeconds, token = randomUUID(), able) => patience.outlast(() => queue.claim(runnerId, leaseSeconds, token, able)),
    // A heartbeat for nobody asks the database nothing, and so says nothing of it.
    heartbeat: (leases, leaseSeconds) =>
      leases.length === 0 ? queue.heartbeat(leases, leaseSeconds) : patience.once(() => queue.heartbeat(leases, leaseSeconds)),
    recordStep: (lease, record, diverged) => patience.outlast(() => queue.recordStep(lease, record, diverged)),
    complete: (lease, last, diverged) => patience.outlast(() => queue.complete(lease, last, diverged)),
    completeEvaluated: (lease, measured) => patience.outlast(() => queue.completeEvaluated(lease, measured)),
    fail: (lease, error) => patience.outlast(() => queue.fail(lease, error)),
    release: (lease) => patience.outlast(() => queue.release(lease)),
    expireLeases: (leaseSeconds) => patience.once(() => queue.expireLeases(leaseSeconds)),
  };
}

function patientContinuation(continuation: Continuation, patience: Patience): Continuation {
  return {
    begin: (lease, training) => patience.outlast(() => continuation.begin(lease, training)),
    adopt: (lease, step, incidents) => patience.outlast(() => continuation.adopt(lease, step, incidents)),
    complete: (lease, step) => patience.outlast(() => continuation.complete(lease, step)),
  };
}
