import { z } from 'zod';
import { type PeerVersions, PythonPeer } from '../support/python-peer.ts';
import type { FrontProblem } from './problems.ts';

/** Samplers of Optuna for several metrics, with their defaults. */
export const peerNames = ['optuna-nsga2', 'optuna-tpe'] as const;
export type FrontPeerName = (typeof peerNames)[number];

const messageSchema = z.union([z.strictObject({ ask: z.record(z.string(), z.number()) }), z.strictObject({ done: z.literal(true) })]);

/** The peers in a Python process (peers/fronts.py). It requests all values from us, so that one definition of a problem serves all samplers. */
export class FrontPeers implements AsyncDisposable {
  readonly #peer: PythonPeer;

  private constructor(peer: PythonPeer) {
    this.#peer = peer;
  }

  get versions(): PeerVersions {
    return this.#peer.versions;
  }

  /** @throws Error when this Python cannot be started or lacks a package */
  static async start(python: string): Promise<FrontPeers> {
    return new FrontPeers(await PythonPeer.start({ python, script: 'fronts.py', packages: 'optuna' }));
  }

  /** Runs a search of a peer. @returns the losses of each trial, in order */
  async losses(
    peer: FrontPeerName,
    { space, metrics, values }: FrontProblem,
    { seed, trials }: { seed: number; trials: number },
  ): Promise<(readonly number[])[]> {
    this.#peer.say({ peer, space, metrics, seed, trials });
    const found: (readonly number[])[] = [];
    for (;;) {
      const message = messageSchema.parse(await this.#peer.hear());
      if (!('ask' in message)) return found;
      const losses = values(message.ask);
      found.push(losses);
      this.#peer.say({ values: losses });
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#peer[Symbol.asyncDispose]();
  }
}
