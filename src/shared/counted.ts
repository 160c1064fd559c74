/** Returns the form of a noun, or of a verb, for a count. @param many default: `one` with an s */
export function formFor(count: number, one: string, many = `${one}s`): string {
  return count === 1 ? one : many;
}

/** Formats a count with its noun: `1 trial`, `2 trials`. @param many default: `one` with an s */
export function counted(count: number, one: string, many?: string): string {
  return `${count} ${formFor(count, one, many)}`;
}

/** Formats a number of errors for the end of `the study definition has …`: `an error`, `2 errors`. */
export function countedErrors({ length }: { readonly length: number }): string {
  return length === 1 ? 'an error' : counted(length, 'error');
}
