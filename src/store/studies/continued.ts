/**
 * The condition that one trial goes on with an earlier one of its study, as its origin says. Origins of documents are text of others: only the number of an
 * earlier trial is one.
 *
 * @param trial alias of the row, with `study_id`, `number` and `origin`
 * @param earlier alias of the row of `trial` that it may go on with
 */
export function goesOnWith(trial: string, earlier: string): string {
  return `${earlier}.study_id = ${trial}.study_id AND ${earlier}.number < ${trial}.number
    AND ${earlier}.number = CASE WHEN ${trial}.origin ->> 'continues' ~ '^[0-9]{1,9}$' THEN (${trial}.origin ->> 'continues')::int END`;
}
