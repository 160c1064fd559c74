import { ZodError } from 'zod';

/** What was read, or why it is not what any version stores. */
export type Readable<T> = { readonly value: T } | { readonly unreadable: string };

/** Reads something that may be stored otherwise than any version does. */
export async function readable<T>(read: () => Promise<T>): Promise<Readable<T>> {
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
