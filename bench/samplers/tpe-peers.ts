import { z } from 'zod';
import type { TestFunction } from '../../src/objectives/test-function/test-function.ts';
import type { Configuration } from '../../src/space/configuration.ts';
import { parameterValueSchema, type SearchSpace } from '../../src/space/schema.ts';
import { canonicalValue } from '../../src/space/unit-cube.ts';
import { type PeerVersions, PythonPeer } from '../support/python-peer.ts';

/** Optuna's default, its multivariate TPE with groups, its univariate TPE (the default before Optuna 5), and hyperopt. */
export const peerNames = ['optuna', 'optuna-multivariate', 'optuna-univariate', 'hyperopt'] as const;
/** Peers of Optuna that are left out of the ranking: they need further packages, or take long. */
export const otherPeerNames = ['optuna-gp', 'optuna-cma-es'] as const;
export type PeerName = (typeof peerNames)[number] | (typeof otherPeerNames)[number];

const messageSchema = z.union([
  z.strictObject({ ask: z.record(z.string(), parameterValueSchema) }),
  z.strictObject({ done: z.literal(true) }),
  z.strictObject({ ms: z.array(z.number()).min(1) }),
]);

/** The input of a cost measurement: see `cost.ts`. */
export interface CostRequest {
  readonly space: SearchSpace;
  readonly history: readonly { readonly parameters: Configuration; readonly value: number | null }[];
  /** Number of suggestions to time, after some that are not counted. */
  readonly repeats: number;
  /** Time limit, after which no further suggestion is timed. */
  readonly limitSeconds: number;
}

/** The peers in a Python process (peers/tpe.py). It requests every value from us, so that one definition of a function serves all samplers. */
export class TpePeers implements AsyncDisposable {
  readonly #peer: PythonPeer;

  private constructor(peer: PythonPeer) {
    this.#peer = peer;
  }

  get versions(): PeerVersions {
    return this.#peer.versions;
  }

  /** @throws Error when this Python cannot be started or lacks a package */
  static async start(python: string): Promise<TpePeers> {
    return new TpePeers(await PythonPeer.start({ python, script: 'tpe.py', packages: 'optuna hyperopt' }));
  }

  /** Returns the least value that the peer finds in a number of trials. */
  async least(peer: PeerName, { space, value }: TestFunction, { seed, trials }: { seed: number; trials: number }): Promise<number> {
    let least = Number.POSITIVE_INFINITY;
    const told = (parameters: Configuration): number => {
      const found = value(parameters);
      least = Math.min(least, found);
      return found;
    };
    await this.search(peer, { space, told, seed, trials });
    return least;
  }

  /** Runs a search of the peer. @param told the value of a trial; null if it fails */
  async search(
    peer: PeerName,
    { space, told, seed, trials }: { space: SearchSpace; told: (parameters: Configuration) => number | null; seed: number; trials: number },
  ): Promise<void> {
    this.#peer.say({ search: { peer, space, seed, trials } });
    for (;;) {
      const message = messageSchema.parse(await this.#peer.hear());
      if (!('ask' in message)) return;
      this.#peer.say({ value: told(canonical(space, message.ask)) });
    }
  }

  /** Returns the milliseconds of each timed suggestion. */
  async suggestionMs(peer: PeerName, request: CostRequest): Promise<readonly number[]> {
    this.#peer.say({ cost: { peer, ...request } });
    const message = messageSchema.parse(await this.#peer.hear());
    if ('ms' in message) return message.ms;
    throw new Error(`${peer} answered a question of cost with ${JSON.stringify(message)}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#peer[Symbol.asyncDispose]();
  }
}

/** Converts values to the form that our own samplers return. @throws RangeError for a value outside the space */
function canonical(space: SearchSpace, parameters: Configuration): Configuration {
  const byName = new Map(space.map((parameter) => [parameter.name, parameter]));
  return Object.fromEntries(
    Object.entries(parameters).map(([name, value]) => {
      const parameter = byName.get(name);
      const known = parameter && canonicalValue(parameter, value);
      if (known === undefined) throw new RangeError(`a peer proposed ${JSON.stringify(value)} for ${name}`);
      return [name, known];
    }),
  );
}
