import rateLimit, { normalizeIP } from '@fastify/rate-limit';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { counted } from '../shared/counted.ts';
import { wrongKeysPerMinute } from './exposure.ts';
import { HttpProblem } from './http-problem.ts';
import type { App } from './services.ts';

const windowMs = 60_000;
/** Keys and addresses whose requests are counted; of more, the counts of those seen longest ago are forgotten. */
const countedAtMost = 10_000;

type Counter = ReturnType<App['createRateLimit']>;

/**
 * Limits the requests of each key and the wrong keys of each address, in minutes that begin with a request. Each process counts its own.
 * IPv6 addresses count by their network of 64 bits, which one machine may have for itself.
 */
export class RateLimits {
  readonly #requestsPerMinute: number;
  readonly #ofKey: Counter;
  readonly #ofAddress: Counter;
  readonly #wrongKeys: Counter;

  /** @param requestsPerMinute 0: any number; wrong keys are limited all the same */
  static async on(app: App, requestsPerMinute: number): Promise<RateLimits> {
    await app.register(rateLimit, { global: false });
    return new RateLimits(app, requestsPerMinute);
  }

  private constructor(app: App, requestsPerMinute: number) {
    const counting = { timeWindow: windowMs, cache: countedAtMost, max: requestsPerMinute };
    this.#requestsPerMinute = requestsPerMinute;
    this.#ofKey = app.createRateLimit({ ...counting, keyGenerator: (request) => senderOf(request).id });
    this.#ofAddress = app.createRateLimit({ ...counting, keyGenerator: networkOf });
    this.#wrongKeys = app.createRateLimit({ ...counting, keyGenerator: networkOf, max: wrongKeysPerMinute });
  }

  /**
   * Counts a request of a known caller: by its key, or by its address if it has none.
   *
   * @throws HttpProblem `rate-limited`
   */
  async count(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    if (request.caller.kind === 'anyone') await this.countAddress(request, reply);
    else await this.#count(this.#ofKey, 'key', request, reply);
  }

  /**
   * Counts a request by its address alone: that of an unknown caller.
   *
   * @throws HttpProblem `rate-limited`
   */
  countAddress(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    return this.#count(this.#ofAddress, 'address', request, reply);
  }

  /**
   * Refuses a key that is not known to be right, if its address has sent too many wrong ones.
   *
   * @throws HttpProblem `rate-limited`
   */
  async refuseGuess(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const count = await this.#wrongKeys(request, { increment: false });
    if (count.isAllowed || count.remaining > 0) return;
    throw refusal(reply, count.ttlInSeconds, `the address has sent ${counted(wrongKeysPerMinute, 'wrong key')} within a minute`);
  }

  /** Counts a wrong key of an address. Logs the last one that it may send. */
  async noteWrongKey(request: FastifyRequest): Promise<void> {
    const count = await this.#wrongKeys(request);
    if (count.isAllowed || count.isExceeded || count.remaining > 0) return;
    const sent = counted(wrongKeysPerMinute, 'wrong key');
    request.log.warn({ address: request.ip }, `an address sent ${sent}; its keys are refused until the minute is over`);
  }

  async #count(counter: Counter, whose: 'key' | 'address', request: FastifyRequest, reply: FastifyReply): Promise<void> {
    if (this.#requestsPerMinute === 0) return;
    const count = await counter(request);
    if (count.isAllowed) return;
    reply
      .header('ratelimit-limit', this.#requestsPerMinute)
      .header('ratelimit-remaining', count.remaining)
      .header('ratelimit-reset', count.ttlInSeconds);
    if (!count.isExceeded) return;
    const sent = counted(this.#requestsPerMinute, 'request');
    throw refusal(reply, count.ttlInSeconds, `the ${whose} has sent ${sent} within a minute`);
  }
}

/** Whose requests and streams are counted together: those of a key (of the operator's setting too), or of an address without a key. */
export function senderOf(request: FastifyRequest): { readonly kind: 'key' | 'address'; readonly id: string } {
  const { kind, keyId } = request.caller;
  if (kind === 'anyone') return { kind: 'address', id: networkOf(request) };
  return { kind: 'key', id: keyId ?? 'operator' };
}

/** The address of a client, of IPv6 the first address of its network. A connection that has broken has none. */
function networkOf({ ip }: { readonly ip?: string }): string {
  return ip === undefined ? 'gone' : normalizeIP(ip);
}

function refusal(reply: FastifyReply, secondsLeft: number, reason: string): HttpProblem {
  const seconds = Math.max(1, secondsLeft);
  reply.header('retry-after', seconds);
  return new HttpProblem('rate-limited', `${reason}; try again in ${counted(seconds, 'second')}`);
}
