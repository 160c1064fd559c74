import { DomainError } from '../../shared/errors.ts';

/**
 * Refuses a change of a locked study or campaign that is not in the version that the client has read.
 *
 * @param wanted null for any version
 * @throws DomainError `precondition-failed`
 */
export function refuseOtherVersion(what: 'study' | 'campaign', { version }: { readonly version: number }, wanted: number | null): void {
  if (wanted === null || wanted === version) return;
  throw new DomainError('precondition-failed', `the ${what} has changed while the request was carried out; read it again`);
}
