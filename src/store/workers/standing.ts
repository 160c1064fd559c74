import { z } from 'zod';
import { trialStateSchema } from '../../studies/model/states.ts';
import type { Lease } from '../../studies/ports/queue.ts';
import type { Standing } from '../../studies/ports/workers.ts';
import type { DirectDatabase } from '../database/direct.ts';

const standingSchema = z.array(
  z.object({
    id: z.uuid(),
    study_id: z.uuid(),
    number: z.number(),
    state: trialStateSchema,
    known: z.boolean(),
    settled_by_token: z.boolean(),
    value: z.number().nullable(),
    values: z.json(),
  }),
);

/** A trial as the answer to a token that does not hold it. */
export type Stood = z.output<typeof standingSchema>[number];

/** Reads what became of a trial that a token does not hold; null if there is none. */
export async function readStood(database: DirectDatabase, { trialId, token }: Lease): Promise<Stood | null> {
  const rows = await database.rows({
    text: `
      SELECT id, study_id, number, state, $2::uuid = ANY (tokens) AS known, settled_token IS NOT DISTINCT FROM $2::uuid AS settled_by_token,
        value, values
      FROM trial WHERE id = $1::uuid`,
    values: [trialId, token],
  });
  return standingSchema.parse(rows)[0] ?? null;
}

/** The same as an answer of the port. */
export function standingOf(stood: Stood | null): Standing {
  if (!stood) return { kind: 'unknown-trial' };
  return { kind: stood.known ? 'lost' : 'unknown-token', state: stood.state };
}
