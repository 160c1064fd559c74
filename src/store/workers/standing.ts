import { z } from 'zod';
import { trialStateSchema } from '../../studies/model/states.ts';
import type { Lease } from '../../studies/ports/queue.ts';
import type { Standing } from '../../studies/ports/workers.ts';
import type { DirectDatabase } from '../database/direct.ts';

const presentedSchema = z.object({
  place: z.number(),
  id: z.uuid(),
  study_id: z.uuid(),
  number: z.number(),
  state: trialStateSchema,
  known: z.boolean(),
  settled_by_token: z.boolean(),
  value: z.number().nullable(),
  values: z.json(),
});

/** A trial for which a token was presented that does not hold it. */
export type PresentedTrial = z.output<typeof presentedSchema>;

/** Reads what became of trials that tokens do not hold. @returns one for each lease, in order; null if there is no such trial */
export async function readPresented(database: Pick<DirectDatabase, 'rows'>, leases: readonly Lease[]): Promise<(PresentedTrial | null)[]> {
  if (leases.length === 0) return [];
  const rows = await database.rows({
    text: `
      SELECT lease.place::int AS place, trial.id, trial.study_id, trial.number, trial.state, lease.token = ANY (trial.tokens) AS known,
        trial.settled_token IS NOT DISTINCT FROM lease.token AS settled_by_token, trial.value, trial.values
      FROM unnest($1::uuid[], $2::uuid[]) WITH ORDINALITY AS lease (trial_id, token, place) JOIN trial ON trial.id = lease.trial_id`,
    values: [leases.map(({ trialId }) => trialId), leases.map(({ token }) => token)],
  });
  const found = new Map(
    presentedSchema
      .array()
      .parse(rows)
      .map((row) => [row.place, row]),
  );
  return leases.map((_, index) => found.get(index + 1) ?? null);
}

/** The same as an answer of the port. */
export function standingOf(trial: PresentedTrial | null): Standing {
  if (!trial) return { kind: 'unknown-trial' };
  return { kind: trial.known ? 'lost' : 'unknown-token', state: trial.state };
}

/** Answers for leases: those that were found at once, and for each other one what became of its trial. */
export async function answered<Item extends { readonly lease: Lease }, Answer>(
  database: Pick<DirectDatabase, 'rows'>,
  items: readonly Item[],
  {
    found,
    otherwise,
  }: { readonly found: (item: Item) => Answer | undefined; readonly otherwise: (item: Item, trial: PresentedTrial | null) => Answer },
): Promise<Answer[]> {
  const left = items.filter((item) => found(item) === undefined);
  const presented = await readPresented(
    database,
    left.map(({ lease }) => lease),
  );
  const trials = new Map(left.map((item, index) => [item, presented[index] ?? null]));
  return items.map((item) => found(item) ?? otherwise(item, trials.get(item) ?? null));
}
