import type { FastifyRequest } from 'fastify';
import { addressesWithin } from '../shared/address-ranges.ts';
import { HttpProblem } from './http-problem.ts';

const longestPerson = 200;

/** The reverse proxies whose word about clients is taken: their address, the host that they asked for, and who they are. */
export class TrustedProxies {
  readonly #isWithin: (address: string) => boolean;
  /** False if none are configured: every client speaks for itself. */
  readonly areAny: boolean;

  /** @param ranges addresses and ranges in CIDR notation */
  constructor(ranges: readonly string[]) {
    this.areAny = ranges.length > 0;
    this.#isWithin = addressesWithin(ranges);
  }

  trust(address: string): boolean {
    return this.#isWithin(address);
  }

  /**
   * The person who a trusted proxy says sent the request, in the header Clavier-Person; null if it says none. The header of any other
   * sender is ignored, as it may be forged.
   *
   * @throws HttpProblem `invalid-request` if the name is too long
   */
  personOf({ headers, socket }: FastifyRequest): string | null {
    const given = headers['clavier-person'];
    if (given === undefined || !this.areAny || !this.#isWithin(socket.remoteAddress ?? '')) return null;
    // Node reads header bytes as Latin-1; proxies write names in UTF-8.
    const person = Buffer.from(String(given), 'latin1').toString('utf8').trim();
    if (person.length <= longestPerson) return person === '' ? null : person;
    const detail = `must have at most ${longestPerson} characters`;
    throw new HttpProblem('invalid-request', `Clavier-Person ${detail}`, [{ parameter: 'Clavier-Person', detail }]);
  }
}
