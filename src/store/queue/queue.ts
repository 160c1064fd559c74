import type { TrialQueue } from '../../studies/ports.ts';
import { type Database, inTransaction, retried } from '../database.ts';
import { claimTrial } from './claim.ts';
import { expireLeases, releaseLease, renewLeases } from './leases.ts';
import { completeTrial, failTrial, recordEpoch } from './settle.ts';

/** The trial table as a queue on PostgreSQL. Whatever loses a race for locks is tried again. */
export function trialQueue(database: Database): TrialQueue {
  return {
    claim: (runnerId, leaseSeconds) => retried(() => claimTrial(database, runnerId, leaseSeconds)),
    heartbeat: (leases, leaseSeconds) => retried(() => renewLeases(database, leases, leaseSeconds)),
    recordEpoch: (lease, record) => inTransaction(database, (tx) => recordEpoch(tx, lease, record)),
    epochCheckpoints: (epochsDigest, upTo) =>
      database.epochCheckpoint.findMany({
        where: { epochsDigest, epoch: { lte: upTo } },
        orderBy: { epoch: 'desc' },
        select: { epoch: true, file: true, bytes: true, sha256: true },
      }),
    complete: (lease, last, diverged) => inTransaction(database, (tx) => completeTrial(tx, lease, last, diverged)),
    fail: (lease, error) => retried(() => failTrial(database, lease, error)),
    release: (lease) => retried(() => releaseLease(database, lease)),
    expireLeases: (leaseSeconds) => retried(() => expireLeases(database, leaseSeconds)),
  };
}
