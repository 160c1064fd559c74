import { z } from 'zod';
import { parameterValueSchema } from '../../src/space/schema.ts';
import { type PeerVersions, PythonPeer } from '../support/python-peer.ts';
import type { CurveProblem } from './problems.ts';
import type { RunTrial } from './search.ts';

/** Pruners of Optuna with its samplers, in their defaults but for the steps. */
export const peerNames = ['none', 'median', 'percentile', 'halving', 'hyperband'] as const;
export type PrunerPeer = (typeof peerNames)[number];

const messageSchema = z.union([
  z.strictObject({ ask: z.record(z.string(), parameterValueSchema) }),
  z.strictObject({ ended: z.int(), stopped: z.boolean() }),
  z.strictObject({ done: z.literal(true) }),
]);

/** The peers in a Python process (peers/pruning.py). It gets whole curves from us, and says where it stops. */
export class PruningPeers implements AsyncDisposable {
  readonly #peer: PythonPeer;

  private constructor(peer: PythonPeer) {
    this.#peer = peer;
  }

  get versions(): PeerVersions {
    return this.#peer.versions;
  }

  /** @throws Error when this Python cannot be started or lacks a package */
  static async start(python: string): Promise<PruningPeers> {
    return new PruningPeers(await PythonPeer.start({ python, script: 'pruning.py', packages: 'optuna' }));
  }

  async trials(
    { sampler, pruner }: { readonly sampler: 'random' | 'tpe'; readonly pruner: PrunerPeer },
    problem: CurveProblem,
    { seed, budget }: { seed: number; budget: number },
  ): Promise<RunTrial[]> {
    this.#peer.say({ sampler, pruner, space: problem.space, seed, budget });
    const trials: RunTrial[] = [];
    let open: { readonly curve: readonly number[]; readonly finalValue: number } | null = null;
    for (;;) {
      const message = messageSchema.parse(await this.#peer.hear());
      if ('done' in message) return trials;
      if ('ask' in message) {
        open = { curve: problem.curve(message.ask, seed), finalValue: problem.finalValue(message.ask) };
        this.#peer.say({ curve: open.curve });
      } else if (open) {
        const { ended, stopped } = message;
        trials.push({ steps: ended, value: open.curve[ended - 1] ?? Number.NaN, isStopped: stopped, finalValue: open.finalValue });
      }
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#peer[Symbol.asyncDispose]();
  }
}
