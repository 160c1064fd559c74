import type { AuditEntryRepresentation } from '../api/audit.ts';
import type { CallerRepresentation, KeyRepresentation, KeyRequest, NewKeyRepresentation } from '../api/key.ts';
import type { Requester } from './request.ts';

/** Filters of the audit log, as the query parameters of the same names. Default: all that the key may see. */
export interface AuditListFilter {
  readonly action?: AuditEntryRepresentation['action'] | undefined;
  /** Id of a key, study or campaign, or name of a project. */
  readonly target?: string | undefined;
  /** Id of the key with which it was done. */
  readonly key?: string | undefined;
  readonly person?: string | undefined;
  /** RFC 3339. */
  readonly since?: string | undefined;
  readonly until?: string | undefined;
}

/** Keys of the API, and the record of changes to them. */
export interface KeyClient {
  /** Makes a key. The answer has its secret, this once. A repeated call makes another key. */
  createKey(request: KeyRequest): Promise<NewKeyRepresentation>;
  /** The keys of the project, the newest first. For a key of all projects: those of all, unless the client names a project. */
  listKeys(): AsyncIterable<KeyRepresentation>;
  getKey(keyId: string): Promise<KeyRepresentation>;
  /** Revokes a key for ever. It is refused within ten seconds. */
  revokeKey(keyId: string): Promise<KeyRepresentation>;
  /** The audit log, newest first: changes of access, ends and deletions. Needs an admin key. */
  audit(filter?: AuditListFilter): AsyncIterable<AuditEntryRepresentation>;
  /** The sender of the client's requests, as the service knows it. */
  caller(): Promise<CallerRepresentation>;
}

/** Makes the methods for keys. */
export function keyMethods({ json, pages }: Pick<Requester, 'json' | 'pages'>): KeyClient {
  const key = (keyId: string, rest = ''): string => `/v1/keys/${encodeURIComponent(keyId)}${rest}`;
  return {
    createKey: (body) => json({ method: 'POST', path: '/v1/keys', body }),
    listKeys: () => pages('/v1/keys', {}),
    getKey: (keyId) => json({ path: key(keyId) }),
    revokeKey: (keyId) => json({ method: 'POST', path: key(keyId, '/revoke') }),
    audit: (filter = {}) => pages('/v1/audit', { ...filter }),
    caller: () => json({ path: '/v1/caller' }),
  };
}
