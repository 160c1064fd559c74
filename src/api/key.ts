import { z } from 'zod';
import { type AccessKey, stateOfKey } from '../access/key.ts';
import { projectNameSchema } from '../access/project.ts';
import { scopeSchema, scopes } from '../access/scope.ts';
import { describedEnum } from '../shared/described-enum.ts';
import { withoutControlCharacters } from '../studies/definition/definition.ts';
import { moment, pageOf } from './page.ts';

const keyStateSchema = describedEnum(['active', 'expired', 'revoked'], {
  active: 'it is valid.',
  expired: 'its time is over.',
  revoked: 'it was revoked, for ever.',
});

/** A key of the API, without its secret. */
const keyFields = {
  id: z.uuid().describe('Id of the key. It is no secret.'),
  name: z.string().describe('Name of the key, for people.'),
  project: projectNameSchema.nullable().describe('The project in which it is valid; null: in all, and it administers them.'),
  scopes: z.array(scopeSchema).describe('Its rights.'),
  lastFour: z.string().describe('The last four characters of the secret.'),
  state: keyStateSchema,
  createdAt: moment('When it was made.'),
  createdBy: z.uuid().nullable().describe('The key by which it was made; null: on the command line, or without a key.'),
  expiresAt: moment('When it expires; null: never.').nullable(),
  lastUsedAt: moment('When it was used last, to about a minute; null: never.').nullable(),
  revokedAt: moment('When it was revoked; null: it was not.').nullable(),
};
export const keySchema = z.strictObject(keyFields).meta({ id: 'Key', description: 'A key of the API, without its secret.' });
export type KeyRepresentation = z.output<typeof keySchema>;

export const newKeySchema = z
  .strictObject({
    ...keyFields,
    secret: z.string().describe('The key itself. It is shown this once: the service stores only its digest.'),
  })
  .meta({ id: 'NewKey', description: 'A new key with its secret, which is shown this once.' });

export type NewKeyRepresentation = z.output<typeof newKeySchema>;

export const keyPageSchema = pageOf('KeyPage', keySchema);

export const keyRequestSchema = z
  .strictObject({
    name: z
      .string()
      .min(1)
      .max(200)
      .regex(withoutControlCharacters, 'contains control characters')
      .describe('Name of the key, for people: whose it is, and what for.'),
    scopes: z
      .array(scopeSchema)
      .min(1)
      .max(scopes.length)
      .refine((list) => new Set(list).size === list.length, 'must name each right once')
      .describe('Its rights: as few as it needs.'),
    project: projectNameSchema
      .nullable()
      .optional()
      .describe('The project in which it is valid; null: all. Default: that of the request. Only a key of all projects may name another.'),
    expiresAt: z.iso
      .datetime({ offset: true, error: 'must be a time such as 2027-11-24T12:00:00Z' })
      .optional()
      .describe('When it expires, in the future. Default: never.'),
  })
  .meta({ id: 'KeyRequest', description: 'A key to be made.' });

export type KeyRequest = z.input<typeof keyRequestSchema>;

export const callerSchema = z
  .strictObject({
    keyId: z.uuid().nullable().describe('The key of the request; null: none, or that of the setting CLAVIER_KEY.'),
    project: projectNameSchema.describe('The project in which the request acts.'),
    allProjects: z.boolean().describe('True if requests may choose the project with the header Clavier-Project.'),
    scopes: z.array(scopeSchema).describe('The rights.'),
  })
  .meta({ id: 'Caller', description: 'The sender of a request, as the service knows it.' });

export type CallerRepresentation = z.output<typeof callerSchema>;

export function representKey(key: AccessKey): KeyRepresentation {
  const text = (time: Date | null): string | null => time?.toISOString() ?? null;
  return {
    id: key.id,
    name: key.name,
    project: key.project,
    scopes: [...key.scopes],
    lastFour: key.lastFour,
    state: stateOfKey(key, new Date()),
    createdAt: key.createdAt.toISOString(),
    createdBy: key.createdBy,
    expiresAt: text(key.expiresAt),
    lastUsedAt: text(key.lastUsedAt),
    revokedAt: text(key.revokedAt),
  };
}
