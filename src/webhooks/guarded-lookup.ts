import type { LookupAddress } from 'node:dns';
import { lookup } from 'node:dns/promises';
import type { LookupFunction } from 'node:net';
import { addressFault, type Network } from './networks.ts';
import { howToAllow } from './target.ts';

/** A name leads to an address to which nothing is sent. */
export class TargetRefusedError extends Error {
  override readonly name = 'TargetRefusedError';
}

/** Finds all addresses of a name. */
export type Resolve = (name: string) => Promise<readonly LookupAddress[]>;

const systemResolve: Resolve = (name) => lookup(name, { all: true });

/**
 * Makes a look-up for sockets that hands out checked addresses alone. The socket connects to the very addresses that were checked, so that
 * a name cannot pass the check with one address and be connected to with another. A name with a single refused address is refused.
 */
export function guardedLookup(allowed: readonly Network[], resolve: Resolve = systemResolve): LookupFunction {
  return (name, { all, family }, callback) => {
    resolve(name).then(
      (found) => {
        const fault = found.map(({ address }) => addressFault(address, allowed)).find((text) => text !== null);
        const wanted = family === 4 || family === 6 ? found.filter((one) => one.family === family) : [...found];
        const [first] = wanted;
        if (fault) callback(new TargetRefusedError(`${name} leads into a private network: ${fault}. ${howToAllow}`), '');
        else if (first === undefined) callback(Object.assign(new Error(`${name} has no address`), { code: 'ENOTFOUND' }), '');
        else if (all) callback(null, wanted);
        else callback(null, first.address, first.family);
      },
      (error: unknown) => callback(error instanceof Error ? error : new Error(String(error)), ''),
    );
  };
}
