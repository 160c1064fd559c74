import type { FastifyRequest } from 'fastify';
import type { Actor } from '../access/audit.ts';
import type { AuditTransaction } from '../access/ports.ts';
import type { CampaignTransaction, CampaignTransactions } from '../campaigns/ports.ts';
import type { RecordingTransactions } from './services.ts';

declare module 'fastify' {
  interface FastifyInstance {
    /** The person who a trusted proxy says sent the request; null: none. */
    personOf(request: FastifyRequest): string | null;
  }
}

/** The sender of a request, for the audit log. @throws HttpProblem `invalid-request` for an invalid Clavier-Person */
export function actorOf(request: FastifyRequest): Actor {
  const { kind, keyId, keyName } = request.caller;
  return { caller: kind, keyId, keyName, person: request.server.personOf(request), address: request.ip ?? null, requestId: request.id };
}

/**
 * Transactions that record by whom a study was cancelled or deleted, with the change itself. A request that changes nothing is not
 * recorded.
 */
export function recordingStudies(transactions: RecordingTransactions, request: FastifyRequest): CampaignTransactions {
  const actor = actorOf(request);
  return recording(transactions, (tx) => ({
    ...tx,
    updateStudy: async (target, change) => {
      if (change.state === 'cancelled') await tx.recordAction('study', { ...actor, action: 'study-cancelled', target });
      return tx.updateStudy(target, change);
    },
    deleteStudy: async (target) => {
      await tx.recordAction('study', { ...actor, action: 'study-deleted', target });
      return tx.deleteStudy(target);
    },
  }));
}

/** The same for a campaign. Its studies follow it, and are not recorded one by one. */
export function recordingCampaigns(transactions: RecordingTransactions, request: FastifyRequest): CampaignTransactions {
  const actor = actorOf(request);
  return recording(transactions, (tx) => ({
    ...tx,
    updateCampaign: async (target, change) => {
      if (change.state === 'cancelled') await tx.recordAction('campaign', { ...actor, action: 'campaign-cancelled', target });
      return tx.updateCampaign(target, change);
    },
    deleteCampaign: async (target) => {
      await tx.recordAction('campaign', { ...actor, action: 'campaign-deleted', target });
      return tx.deleteCampaign(target);
    },
  }));
}

function recording(
  transactions: RecordingTransactions,
  watched: (tx: CampaignTransaction & AuditTransaction) => CampaignTransaction,
): CampaignTransactions {
  return { transaction: (work, limits) => transactions.transaction((tx) => work(watched(tx)), limits) };
}
