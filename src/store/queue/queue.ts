import type { TrialQueue } from '../../studies/ports/queue.ts';
import { type Database, inStatement, inTransaction, retried } from '../database/database.ts';
import { beginTraining } from './begin.ts';
import { claimTrial } from './claim.ts';
import { adoptEpochs, recordEpoch } from './epochs.ts';
import { failTrial } from './fail.ts';
import { expireLeases, releaseLease, renewLeases } from './leases.ts';
import { completeEvaluated, completeKnown, completeTrial } from './settle.ts';

const reporting = () => ['report'] as const;
const settling = () => ['settle'] as const;

/** The trial table as a queue on PostgreSQL. Whatever loses a race for locks is tried again. */
export function trialQueue(database: Database): TrialQueue {
  return {
    claim: (runnerId, leaseSeconds, token) => inStatement('claim', () => claimTrial(database, runnerId, leaseSeconds, token)),
    heartbeat: (leases, leaseSeconds) => retried(() => renewLeases(database, leases, leaseSeconds)),
    beginTraining: (lease, training) => inTransaction(database, (tx) => beginTraining(tx, lease, training)),
    adoptEpochs: (lease, epoch, incidents) => inTransaction(database, (tx) => adoptEpochs(tx, lease, epoch, incidents)),
    recordEpoch: (lease, record, diverged = false) => inTransaction(database, (tx) => recordEpoch(tx, lease, record, diverged), reporting),
    complete: (lease, last, diverged) => inTransaction(database, (tx) => completeTrial(tx, lease, last, diverged), settling),
    completeKnown: (lease, epoch) => inTransaction(database, (tx) => completeKnown(tx, lease, epoch), settling),
    completeEvaluated: (lease, measured) => inTransaction(database, (tx) => completeEvaluated(tx, lease, measured), settling),
    fail: (lease, error) => inStatement('settle', () => failTrial(database, lease, error)),
    release: (lease) => inStatement('release', () => releaseLease(database, lease)),
    expireLeases: (leaseSeconds) => retried(() => expireLeases(database, leaseSeconds)),
  };
}
