import { z } from 'zod';
import { type AuditEntry, auditActionSchema, auditCallerSchema } from '../access/audit.ts';
import { projectNameSchema } from '../access/project.ts';
import { moment, pageOf } from './page.ts';

export const auditEntrySchema = z
  .strictObject({
    id: z.uuid().describe('Id of the entry. Later entries have greater ids.'),
    at: moment('When it happened.'),
    project: projectNameSchema.nullable().describe('Project of the target; null: of all projects.'),
    caller: auditCallerSchema,
    keyId: z.uuid().nullable().describe('The key of the request; null: none, or that of the setting CLAVIER_KEY.'),
    keyName: z.string().nullable().describe('Name of that key.'),
    person: z.string().nullable().describe('The person who a trusted proxy named in the header Clavier-Person; null: none.'),
    address: z.string().nullable().describe('Address of the client, behind a trusted proxy as that says; null: on the command line.'),
    requestId: z.uuid().nullable().describe('The X-Request-Id of the answer; the log has it too. null: on the command line.'),
    action: auditActionSchema,
    target: z.string().describe('Id of the key, study or campaign, or name of the project. It may be gone.'),
    details: z.record(z.string(), z.unknown()).describe('What else is known of the target: its name, the rights of a key.'),
  })
  .meta({ id: 'AuditEntry', description: 'Who changed access, or ended or deleted something: when, and from where.' });
export type AuditEntryRepresentation = z.output<typeof auditEntrySchema>;

export const auditPageSchema = pageOf('AuditPage', auditEntrySchema);

export function representAuditEntry({ at, details, ...entry }: AuditEntry): AuditEntryRepresentation {
  return { ...entry, at: at.toISOString(), details: { ...details } };
}
