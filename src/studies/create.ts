import { newId } from '../shared/ids.ts';
import { planStart } from './advance-plan.ts';
import type { CampaignMembership } from './campaign/campaign.ts';
import type { StudyTransaction, Transactions } from './ports.ts';
import { queuedTrials } from './queued-trials.ts';
import { type ResolvedSpec, resolveSpec, type StudySpec } from './spec.ts';

/**
 * Creates a study with its first checkpoint and its first trials in one transaction.
 *
 * @param drawnSeed the seed of a study that names none
 * @returns its id
 * @throws DomainError `invalid-study` naming every fault; nothing is stored then
 */
export async function createStudy(store: Transactions, spec: StudySpec, drawnSeed: number): Promise<string> {
  const resolved = resolveSpec(spec, drawnSeed);
  return store.transaction((tx) => insertNewStudy(tx, resolved, null));
}

/**
 * Inserts a study with its first checkpoint and its first trials, in the caller's transaction.
 *
 * @param campaign what it is a part of; null for a study alone
 * @returns its id
 */
export async function insertNewStudy(tx: StudyTransaction, spec: ResolvedSpec, campaign: CampaignMembership | null): Promise<string> {
  const plan = planStart(spec);
  const id = newId();
  await tx.insertStudy({ id, spec, progress: plan.progress, campaign });
  await tx.insertCheckpoints(id, plan.checkpoints);
  await tx.insertTrials(id, queuedTrials(spec, plan.queue));
  return id;
}
