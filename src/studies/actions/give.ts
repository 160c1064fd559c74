import { inSlices } from '../../shared/slices.ts';
import type { ResolvedSpec } from '../definition/definition.ts';
import type { GivenTrial } from '../definition/given-trials.ts';
import type { StudyTransaction } from '../ports/transactions.ts';
import { storedGiven } from '../search/given.ts';

/** Rows that one statement stores: some megabytes. */
const rowsAtOnce = 1000;

/** The study that trials are given to, and the number of the first of them. */
interface GivenTo {
  readonly id: string;
  readonly spec: ResolvedSpec;
  readonly first: number;
}

/** Inserts trials that a client gave. */
export async function insertGiven(tx: StudyTransaction, { id, spec, first }: GivenTo, given: readonly GivenTrial[]): Promise<void> {
  const { known, enqueued } = storedGiven(spec, first, given);
  for (const some of inSlices(known, rowsAtOnce)) await tx.insertFinishedTrials(id, some);
  for (const some of inSlices(enqueued, rowsAtOnce)) await tx.insertTrials(id, some);
}
