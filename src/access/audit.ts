import { describedEnum } from '../shared/described-enum.ts';
import type { Json } from '../shared/digest.ts';

/** Actions that are recorded, with their targets. */
export const auditActions = [
  'key-created',
  'key-revoked',
  'project-created',
  'project-changed',
  'project-erased',
  'webhook-created',
  'webhook-changed',
  'webhook-secret-rotated',
  'webhook-deleted',
  'study-cancelled',
  'study-deleted',
  'campaign-cancelled',
  'campaign-deleted',
] as const;
export type AuditAction = (typeof auditActions)[number];

export const auditActionSchema = describedEnum(
  auditActions,
  {
    'key-created': 'a key was made; its id.',
    'key-revoked': 'a key was revoked; its id.',
    'project-created': 'a project was created; its name.',
    'project-changed': 'the weight or quotas of a project were changed; its name.',
    'project-erased': 'the erasure of a project began; its name.',
    'webhook-created': 'a webhook was made; its id.',
    'webhook-changed': 'a webhook was changed by a request; its id.',
    'webhook-secret-rotated': 'a webhook got a new secret; its id.',
    'webhook-deleted': 'a webhook was deleted; its id.',
    'study-cancelled': 'a study was cancelled by a request; its id.',
    'study-deleted': 'a study was deleted; its id.',
    'campaign-cancelled': 'a campaign and its studies were cancelled by a request; its id.',
    'campaign-deleted': 'a campaign and its studies were deleted; its id.',
  },
  'An action that is recorded; its target.',
);

const auditCallers = ['key', 'operator', 'anyone', 'command-line'] as const;

export const auditCallerSchema = describedEnum(
  auditCallers,
  {
    key: 'a request with a key.',
    operator: 'a request with the key of the setting CLAVIER_KEY.',
    anyone: 'a request without a key, while the service needed none.',
    'command-line': '`clavier key create --local`, on the database itself.',
  },
  'The kind of caller.',
);

/** The sender of a change: who, from where, in which request. */
export interface Actor {
  readonly caller: (typeof auditCallers)[number];
  readonly keyId: string | null;
  readonly keyName: string | null;
  /** The person who a trusted proxy says it is; null: it says none. */
  readonly person: string | null;
  /** Address of the client; null: on the command line. */
  readonly address: string | null;
  /** The id that the answer and the log have of the request; null: on the command line. */
  readonly requestId: string | null;
}

/** The operator at a command line on the database. */
export const commandLine: Actor = {
  caller: 'command-line',
  keyId: null,
  keyName: null,
  person: null,
  address: null,
  requestId: null,
};

/** A change, as it is recorded. */
export interface AuditNote extends Actor {
  /** Project of the target; null: of all projects. */
  readonly project: string | null;
  readonly action: AuditAction;
  /** Id of the key, webhook, study or campaign, or name of the project. */
  readonly target: string;
  /** Facts that are worth keeping after the target is gone. Never a secret. */
  readonly details: Readonly<Record<string, Json>>;
}

/** A recorded change. */
export interface AuditEntry extends AuditNote {
  readonly id: string;
  readonly at: Date;
}

/** Filters of the audit log. Absent ones let everything through. */
export interface AuditFilter {
  /** null: entries of every project and of none. */
  readonly project: string | null;
  readonly action?: AuditAction | undefined;
  readonly target?: string | undefined;
  readonly keyId?: string | undefined;
  readonly person?: string | undefined;
  readonly since?: Date | undefined;
  readonly until?: Date | undefined;
  readonly limit: number;
  /** Id of the last entry of the page before. */
  readonly after?: string | undefined;
}
