import { describedEnum } from '../shared/described-enum.ts';

/** Every right that a key can have. */
export const scopes = ['read', 'write', 'work', 'admin'] as const;

/** A right of a key. */
export type Scope = (typeof scopes)[number];

export const scopeSchema = describedEnum(
  scopes,
  {
    read: 'reads everything of its project.',
    write: 'creates, changes and deletes studies and campaigns, and reads.',
    work: 'asks for trials, reports on them and settles them; nothing else.',
    admin: 'makes and revokes keys of its project, and does all that the others do. A key of no project also administers projects.',
  },
  'A right of a key.',
);

const includes: Readonly<Record<Scope, readonly Scope[]>> = {
  read: ['read'],
  write: ['write', 'read'],
  work: ['work'],
  admin: scopes,
};

/** True if one of some rights includes another. */
export function allows(given: readonly Scope[], needed: Scope): boolean {
  return given.some((scope) => includes[scope].includes(needed));
}
