import { newId } from '../shared/ids.ts';
import type { Actor } from './audit.ts';
import type { AccessKey } from './key.ts';
import type { AccessStore, NewKey } from './ports.ts';
import { digestOfSecret, lastFourOf, newSecret } from './secret.ts';

/** Makes a key. @returns it with its secret, which is stored nowhere; null if there is no such project */
export async function makeKey(
  store: Pick<AccessStore, 'insertKey'>,
  given: Pick<NewKey, 'name' | 'project' | 'scopes' | 'expiresAt'>,
  actor: Actor,
): Promise<{ readonly key: AccessKey; readonly secret: string } | null> {
  const secret = newSecret();
  const key = await store.insertKey(
    { ...given, createdBy: actor.keyId, id: newId(), digest: digestOfSecret(secret), lastFour: lastFourOf(secret) },
    actor,
  );
  return key && { key, secret };
}
