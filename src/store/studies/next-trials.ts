import { mostTrials } from '../../studies/model/trial.ts';

/** Numbers above one, up to another. */
export interface NumberRange {
  readonly gt: number;
  readonly lte: number;
}

/**
 * Reads the next trials of a study. They are looked for up to the number that the last of them has if none is missing: until the table
 * was analysed, the planner expects few rows behind a number, and sorts all that there are, once for each page. If some are missing
 * there, those behind them are looked for.
 *
 * @param after the number of the trial before them; undefined: from the first on
 */
export async function nextTrials<Row>(
  { most, after = -1 }: { readonly most: number; readonly after?: number | undefined },
  read: (numbers: NumberRange) => Promise<Row[]>,
): Promise<Row[]> {
  const rows = await read({ gt: after, lte: after + most });
  return rows.length < most ? read({ gt: after, lte: mostTrials }) : rows;
}
