import { z } from 'zod';
import type { TestFunction } from '../../src/objectives/test-function/test-function.ts';
import type { Configuration } from '../../src/space/configuration.ts';
import { parameterValueSchema, type SearchSpace } from '../../src/space/schema.ts';
import { canonicalValue } from '../../src/space/unit-cube.ts';
import { type PeerVersions, PythonPeer } from '../support/python-peer.ts';

/** Optuna's default, its multivariate TPE with groups, its univariate TPE (the default before Optuna 5), and hyperopt. */
export const peerNames = ['optuna', 'optuna-multivariate', 'optuna-univariate', 'hyperopt'] as const;
export type PeerName = (typeof peerNames)[number];

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
  async least(peer: PeerName, testFunction: TestFunction, { seed, trials }: { seed: number; trials: number }): Promise<number> {
    this.#peer.say({ search: { peer, space: testFunction.space, seed, trials } });
    let least = Number.POSITIVE_INFINITY;
    for (;;) {
      const message = messageSchema.parse(await this.#peer.hear());
      if (!('ask' in message)) return least;
      const value = testFunction.value(canonical(testFunction.space, message.ask));
      least = Math.min(least, value);
      this.#peer.say({ value });
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
