import { formFor } from '../shared/counted.ts';

/** Trials that are named; further ones are left to the command that lists them. */
const namedAtMost = 5;

/** A trial in a list. */
interface Listed {
  readonly number: number;
  readonly earlierValues?: readonly unknown[] | undefined;
}

/**
 * Says of which trials in a list of configurations the parameters are those of the last steps alone, and which command has the others. Empty if
 * none has earlier values.
 */
export function earlierValuesText(study: string, trials: readonly Listed[]): string {
  const numbers = trials.flatMap(({ number, earlierValues }) => (earlierValues === undefined ? [] : [number]));
  if (numbers.length === 0) return '';
  const named = [...numbers.slice(0, namedAtMost), ...(numbers.length > namedAtMost ? ['…'] : [])].join(', ');
  return `Earlier steps of ${formFor(numbers.length, 'trial')} ${named} had other values: see clavier study trials ${study}`;
}
