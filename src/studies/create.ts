import { newId } from '../shared/ids.ts';
import { planStart } from './advance-plan.ts';
import type { Transactions } from './ports.ts';
import { resolveSpec, type StudySpec } from './spec.ts';

/**
 * Creates a study with its first checkpoint and its first trials in one transaction.
 *
 * @param drawnSeed the seed of a study that names none
 * @returns its id
 * @throws DomainError `invalid-study` naming every fault; nothing is stored then
 */
export async function createStudy(store: Transactions, spec: StudySpec, drawnSeed: number): Promise<string> {
  const resolved = resolveSpec(spec, drawnSeed);
  const plan = planStart(resolved);
  const id = newId();
  await store.transaction(async (tx) => {
    await tx.insertStudy({ id, spec: resolved, progress: plan.progress });
    await tx.insertCheckpoints(id, plan.checkpoints);
    await tx.insertTrials(id, plan.queue);
  });
  return id;
}
