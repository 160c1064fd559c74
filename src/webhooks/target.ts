import { isIP } from 'node:net';
import { isLoopbackHost } from '../shared/loopback.ts';
import { addressFault, type Network } from './networks.ts';

/** Longest address of a receiver, in characters. */
export const longestTarget = 2000;

/**
 * Tells why an address cannot be the target of a webhook; null: it can. A name is not looked up: its addresses are checked at each
 * connection, because they can change.
 *
 * @param allowed networks beside the public ones
 */
export function targetFault(text: string, allowed: readonly Network[]): string | null {
  if (text.length > longestTarget) return `must have at most ${longestTarget} characters`;
  if (!URL.canParse(text)) return 'must be an address such as https://receiver.example/clavier';
  const url = new URL(text);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return 'must begin with https:// or http://';
  if (url.username !== '' || url.password !== '') return 'must have no user and no password: verify the signature instead';
  if (url.hash !== '') return 'must have no fragment';
  const fault = hostFault(hostOf(url), allowed);
  return fault === null ? null : `leads to this machine or into a private network: ${fault}. ${howToAllow}`;
}

/** The remedy for a refused target. */
export const howToAllow = 'An operator can allow networks with CLAVIER_WEBHOOK_PRIVATE_TARGETS';

/** The host of an address, without the brackets of IPv6. */
export function hostOf({ hostname }: URL): string {
  return hostname.replace(/^\[(.*)\]$/, '$1');
}

function hostFault(host: string, allowed: readonly Network[]): string | null {
  if (isIP(host) !== 0) return addressFault(host, allowed);
  if (!isLoopbackHost(host.replace(/\.$/, ''))) return null;
  const reachable = ['127.0.0.1', '::1'].some((address) => addressFault(address, allowed) === null);
  return reachable ? null : `${host} is this machine`;
}
