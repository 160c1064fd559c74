import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import type { TestFunction } from '../../src/objectives/test-function/test-function.ts';
import type { Configuration } from '../../src/space/configuration.ts';
import { parameterValueSchema, type SearchSpace } from '../../src/space/schema.ts';
import { canonicalValue } from '../../src/space/unit-cube.ts';

/** Optuna's default, its multivariate TPE with groups, its univariate TPE (the default before Optuna 5), and hyperopt. */
export const peerNames = ['optuna', 'optuna-multivariate', 'optuna-univariate', 'hyperopt'] as const;
export type PeerName = (typeof peerNames)[number];

/** Versions of the peers' packages, by name. */
export const versionsSchema = z.record(z.string(), z.string());
export type PeerVersions = z.output<typeof versionsSchema>;

const messageSchema = z.union([
  z.strictObject({ ask: z.record(z.string(), parameterValueSchema) }),
  z.strictObject({ done: z.literal(true) }),
  z.strictObject({ ms: z.array(z.number()).min(1) }),
]);
const greetingSchema = z.union([z.strictObject({ versions: versionsSchema }), z.strictObject({ missing: z.string() })]);

/** The input of a cost measurement: see `cost.ts`. */
export interface CostRequest {
  readonly space: SearchSpace;
  readonly history: readonly { readonly parameters: Configuration; readonly value: number | null }[];
  /** Number of suggestions to time, after some that are not counted. */
  readonly repeats: number;
  /** Time limit, after which no further suggestion is timed. */
  readonly limitSeconds: number;
}

/** A Python child process that runs the peers (peers/tpe.py). It requests every value from us, so that one definition of a function serves all samplers. */
export class TpePeers implements AsyncDisposable {
  readonly versions: PeerVersions;
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #hear: () => Promise<unknown>;

  private constructor(child: ChildProcessWithoutNullStreams, hear: () => Promise<unknown>, versions: PeerVersions) {
    this.#child = child;
    this.#hear = hear;
    this.versions = versions;
  }

  /** @throws Error when this Python cannot be started or lacks a package */
  static async start(python: string): Promise<TpePeers> {
    // Benchmarks run from the root of the checkout.
    const child = spawn(python, [resolve('bench/peers/tpe.py')], { stdio: 'pipe' });
    await once(child, 'spawn');
    const hear = lineReader(child);
    const greeting = greetingSchema.parse(await hear());
    if ('missing' in greeting)
      throw new Error(`${python} lacks a package: ${greeting.missing}. The peers need: pip install optuna hyperopt`);
    return new TpePeers(child, hear, greeting.versions);
  }

  /** Returns the least value that the peer finds in a number of trials. */
  async least(peer: PeerName, testFunction: TestFunction, { seed, trials }: { seed: number; trials: number }): Promise<number> {
    this.#say({ search: { peer, space: testFunction.space, seed, trials } });
    let least = Number.POSITIVE_INFINITY;
    for (;;) {
      const message = messageSchema.parse(await this.#hear());
      if (!('ask' in message)) return least;
      const value = testFunction.value(canonical(testFunction.space, message.ask));
      least = Math.min(least, value);
      this.#say({ value });
    }
  }

  /** Returns the milliseconds of each timed suggestion. */
  async suggestionMs(peer: PeerName, request: CostRequest): Promise<readonly number[]> {
    this.#say({ cost: { peer, ...request } });
    const message = messageSchema.parse(await this.#hear());
    if ('ms' in message) return message.ms;
    throw new Error(`${peer} answered a question of cost with ${JSON.stringify(message)}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode !== null) return;
    const closed = once(this.#child, 'close');
    this.#child.stdin.end();
    await closed;
  }

  #say(message: unknown): void {
    this.#child.stdin.write(`${JSON.stringify(message)}\n`);
  }
}

/** Reads one JSON line after another. @throws Error with the child's standard error when there is none */
function lineReader(child: ChildProcessWithoutNullStreams): () => Promise<unknown> {
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return async () => {
    const { done, value } = await lines.next();
    if (done) throw new Error(`the Python of the peers ended:\n${said}`);
    return JSON.parse(value);
  };
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
