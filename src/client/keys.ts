import type { CallerRepresentation, KeyRepresentation, KeyRequest, NewKeyRepresentation } from '../api/key.ts';
import type { Requester } from './request.ts';

/** Keys of the API. */
export interface KeyClient {
  /** Makes a key. The answer has its secret, this once. A repeated call makes another key. */
  createKey(request: KeyRequest): Promise<NewKeyRepresentation>;
  /** The keys of the project, the newest first. For a key of all projects: those of all, unless the client names a project. */
  listKeys(): AsyncIterable<KeyRepresentation>;
  getKey(keyId: string): Promise<KeyRepresentation>;
  /** Revokes a key for ever. It is refused within ten seconds. */
  revokeKey(keyId: string): Promise<KeyRepresentation>;
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
    caller: () => json({ path: '/v1/caller' }),
  };
}
