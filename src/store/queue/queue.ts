import type { TrialQueue } from '../../studies/ports/queue.ts';
import { type Database, inStatement, inTransaction, retried } from '../database/database.ts';
import { beginTraining } from './begin.ts';
import { claimTrial } from './claim.ts';
import { failTrial } from './fail.ts';
import { expireLeases, releaseLease, renewLeases } from './leases.ts';
import { completeEvaluated, completeKnown, completeTrial } from './settle.ts';
import { adoptSteps, recordStep } from './steps.ts';

const reporting = () => ['report'] as const;
const settling = () => ['settle'] as const;

/** The trial table as a queue on PostgreSQL. Whatever loses a race for locks is tried again. */
export function trialQueue(database: Database): TrialQueue {
  return {
    claim: (runnerId, leaseSeconds, token) => inStatement('claim', () => claimTrial(database, runnerId, leaseSeconds, token)),
    heartbeat: (leases, leaseSeconds) => retried(() => renewLeases(database, leases, leaseSeconds)),
    beginTraining: (lease, training) => inTransaction(database, (tx) => beginTraining(tx, lease, training)),
    adoptSteps: (lease, step, incidents) => inTransaction(database, (tx) => adoptSteps(tx, lease, step, incidents)),
    recordStep: (lease, record, diverged = false) => inTransaction(database, (tx) => recordStep(tx, lease, record, diverged), reporting),
    complete: (lease, last, diverged) => inTransaction(database, (tx) => completeTrial(tx, lease, last, diverged), settling),
    completeKnown: (lease, step) => inTransaction(database, (tx) => completeKnown(tx, lease, step), settling),
    completeEvaluated: (lease, measured) => inTransaction(database, (tx) => completeEvaluated(tx, lease, measured), settling),
    fail: (lease, error) => inStatement('settle', () => failTrial(database, lease, error)),
    release: (lease) => inStatement('release', () => releaseLease(database, lease)),
    expireLeases: (leaseSeconds) => retried(() => expireLeases(database, leaseSeconds)),
  };
}
