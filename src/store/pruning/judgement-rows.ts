import { z } from 'zod';
import { type Judgement, judgementSchema } from '../../studies/pruning/judgement.ts';
import type { Connection } from '../database/database.ts';
import { Prisma } from '../generated/client.ts';

/** Columns of a row of `judgement` that `judgementRows` reads. */
export const judgementColumns = Prisma.sql`judgement.step, judgement.score, judgement.others, judgement.least, judgement.place`;

/** Reads rows of judgements. Those of the deterministic schedule have no place. */
export const judgementRows = z.array(judgementSchema.extend({ place: z.int().nullable() }));

/** A judgement of its row. */
export function judgementOf({ place, ...judgement }: z.output<typeof judgementRows>[number]): Judgement {
  return place === null ? judgement : { ...judgement, place };
}

const ofTrials = z.array(judgementRows.element.extend({ trialId: z.uuid() }));

/** The judgements of trials, by the ids of those that have any; of each by step. */
export async function readJudgements(
  connection: Connection,
  trialIds: readonly string[],
): Promise<ReadonlyMap<string, readonly Judgement[]>> {
  const rows = ofTrials.parse(
    await connection.$queryRaw`
      SELECT judgement.trial_id AS "trialId", ${judgementColumns} FROM judgement
      WHERE judgement.trial_id = ANY (${[...trialIds]}::uuid[]) ORDER BY judgement.trial_id, judgement.step`,
  );
  const judgements = new Map<string, Judgement[]>();
  for (const { trialId, ...row } of rows) {
    const known = judgements.get(trialId) ?? [];
    judgements.set(trialId, known);
    known.push(judgementOf(row));
  }
  return judgements;
}

/** The judgements that stopped trials, by the ids of those that were stopped. One probe of the table's key for each of them. */
export async function readStops(connection: Connection, trialIds: readonly string[]): Promise<ReadonlyMap<string, Judgement>> {
  const rows = ofTrials.parse(
    await connection.$queryRaw`
      SELECT judgement.trial_id AS "trialId", ${judgementColumns}
      FROM trial JOIN judgement ON judgement.trial_id = trial.id AND judgement.step = trial.steps_done
      WHERE trial.id = ANY (${[...trialIds]}::uuid[]) AND trial.state = 'pruned'`,
  );
  return new Map(rows.map(({ trialId, ...row }) => [trialId, judgementOf(row)]));
}
