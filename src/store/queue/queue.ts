import { randomUUID } from 'node:crypto';
import { capabilities } from '../../objectives/table.ts';
import type { Continuation } from '../../studies/ports/continuation.ts';
import type { TrialQueue } from '../../studies/ports/queue.ts';
import { ProjectLimits } from '../access/project-limits.ts';
import { type Database, inStatement, inTransaction, retried } from '../database/database.ts';
import { beginTraining } from './begin.ts';
import { claimTrial } from './claim.ts';
import { completeEvaluated, completeKnown, completeTrial } from './complete.ts';
import { failTrial } from './fail.ts';
import { expireLeases, releaseLease, renewLeases } from './leases.ts';
import { ProjectTurns } from './project-turns.ts';
import { adoptSteps, recordStep } from './steps.ts';

const settling = () => ['settle'] as const;

/** The trial table as a queue on PostgreSQL. Whatever loses a race for locks is tried again. @param limits those that the process knows */
export function trialQueue(database: Database, limits = new ProjectLimits()): TrialQueue {
  const turns = new ProjectTurns();
  return {
    claim: (runnerId, leaseSeconds, token = randomUUID(), able = capabilities) =>
      inStatement('claim', () => claimTrial(database, { runnerId, leaseSeconds, token, capabilities: able, limits, turns })),
    heartbeat: (leases, leaseSeconds) => retried(() => renewLeases(database, leases, leaseSeconds)),
    recordStep: (lease, record, diverged = false) => recordStep(database, lease, record, diverged),
    complete: (lease, last, diverged) => inTransaction(database, (tx) => completeTrial(tx, lease, last, diverged), settling),
    completeEvaluated: (lease, measured) => inTransaction(database, (tx) => completeEvaluated(tx, lease, measured), settling),
    fail: (lease, error) => inStatement('settle', () => failTrial(database, lease, error)),
    release: (lease) => inStatement('release', () => releaseLease(database, lease)),
    expireLeases: (leaseSeconds) => retried(() => expireLeases(database, leaseSeconds)),
  };
}

/** Steps of equal trainings on PostgreSQL. */
export function trainingContinuation(database: Database): Continuation {
  return {
    begin: (lease, training) => inTransaction(database, (tx) => beginTraining(tx, lease, training)),
    adopt: (lease, step, incidents) => inTransaction(database, (tx) => adoptSteps(tx, lease, step, incidents)),
    complete: (lease, step) => inTransaction(database, (tx) => completeKnown(tx, lease, step), settling),
  };
}
