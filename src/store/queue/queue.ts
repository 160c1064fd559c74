import type { TrialQueue } from '../../studies/ports.ts';
import { type Database, inTransaction } from '../database.ts';
import { claimTrial } from './claim.ts';
import { expireLeases, releaseLease, renewLeases } from './leases.ts';
import { completeTrial, failTrial, recordEpoch } from './settle.ts';

/** The trial table as a queue on PostgreSQL. */
export function trialQueue(database: Database): TrialQueue {
  return {
    claim: (runnerId, leaseSeconds) => claimTrial(database, runnerId, leaseSeconds),
    heartbeat: (leases, leaseSeconds) => renewLeases(database, leases, leaseSeconds),
    recordEpoch: (lease, record) => inTransaction(database, (tx) => recordEpoch(tx, lease, record)),
    epochCheckpoints: (epochsDigest, upTo) =>
      database.epochCheckpoint.findMany({
        where: { epochsDigest, epoch: { lte: upTo } },
        orderBy: { epoch: 'desc' },
        select: { epoch: true, file: true, bytes: true, sha256: true },
      }),
    complete: (lease, last, diverged) => inTransaction(database, (tx) => completeTrial(tx, lease, last, diverged)),
    fail: (lease, error) => failTrial(database, lease, error),
    release: (lease) => releaseLease(database, lease),
    expireLeases: (leaseSeconds) => expireLeases(database, leaseSeconds),
  };
}
