import { ZodError } from 'zod';

/** A value, or the reason why it matches the schema of no version. */
export type ParseResult<T> = { readonly value: T } | { readonly unreadable: string };

/** Runs a read and turns a schema violation into a value. */
export async function tryParse<T>(read: () => Promise<T>): Promise<ParseResult<T>> {
  try {
    return { value: await read() };
  } catch (error) {
    if (!(error instanceof ZodError)) throw error;
    return { unreadable: reasonOf(error) };
  }
}

function reasonOf({ issues: [issue], message }: ZodError): string {
  if (!issue) return message;
  return issue.path.length === 0 ? issue.message : `${issue.path.join('/')}: ${issue.message}`;
}
