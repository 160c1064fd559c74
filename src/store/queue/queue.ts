import type { TrialQueue } from '../../studies/ports.ts';
import { type Database, inTransaction, retried } from '../database.ts';
import { claimTrial } from './claim.ts';
import { adoptEpochs, beginTraining, recordEpoch } from './epochs.ts';
import { expireLeases, releaseLease, renewLeases } from './leases.ts';
import { completeEvaluated, completeKnown, completeTrial, failTrial } from './settle.ts';

/** The trial table as a queue on PostgreSQL. Whatever loses a race for locks is tried again. */
export function trialQueue(database: Database): TrialQueue {
  return {
    claim: (runnerId, leaseSeconds) => retried(() => claimTrial(database, runnerId, leaseSeconds)),
    heartbeat: (leases, leaseSeconds) => retried(() => renewLeases(database, leases, leaseSeconds)),
    beginTraining: (lease, training) => inTransaction(database, (tx) => beginTraining(tx, lease, training)),
    adoptEpochs: (lease, epoch) => inTransaction(database, (tx) => adoptEpochs(tx, lease, epoch)),
    recordEpoch: (lease, record, diverged = false) => inTransaction(database, (tx) => recordEpoch(tx, lease, record, diverged)),
    complete: (lease, last, diverged) => inTransaction(database, (tx) => completeTrial(tx, lease, last, diverged)),
    completeKnown: (lease, epoch) => inTransaction(database, (tx) => completeKnown(tx, lease, epoch)),
    completeEvaluated: (lease, epoch, evaluation) => inTransaction(database, (tx) => completeEvaluated(tx, lease, epoch, evaluation)),
    fail: (lease, error) => retried(() => failTrial(database, lease, error)),
    release: (lease) => retried(() => releaseLease(database, lease)),
    expireLeases: (leaseSeconds) => retried(() => expireLeases(database, leaseSeconds)),
  };
}
