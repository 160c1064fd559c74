import type { Scope } from './scope.ts';

/** A key of the API, as it is stored: without its secret. */
export interface AccessKey {
  readonly id: string;
  /** null: of every project. */
  readonly project: string | null;
  readonly name: string;
  readonly lastFour: string;
  readonly scopes: readonly Scope[];
  readonly createdAt: Date;
  /** The key by which it was made; null: on the command line, or by a request without a key. */
  readonly createdBy: string | null;
  readonly expiresAt: Date | null;
  /** Exact to a minute; null: never used. */
  readonly lastUsedAt: Date | null;
  readonly revokedAt: Date | null;
}

/** States of a key at a moment. */
export type KeyState = 'active' | 'expired' | 'revoked';

export function stateOfKey({ revokedAt, expiresAt }: Pick<AccessKey, 'revokedAt' | 'expiresAt'>, now: Date): KeyState {
  if (revokedAt !== null) return 'revoked';
  return expiresAt !== null && expiresAt <= now ? 'expired' : 'active';
}
