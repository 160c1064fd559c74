import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { z } from 'zod';

/** Versions of the peers' packages, by name. */
export const versionsSchema = z.record(z.string(), z.string());
export type PeerVersions = z.output<typeof versionsSchema>;

const greetingSchema = z.union([z.strictObject({ versions: versionsSchema }), z.strictObject({ missing: z.string() })]);

/** A script of `bench/peers/` and its arguments. */
export interface PeerScript {
  readonly python: string;
  readonly script: string;
  readonly args?: readonly string[];
  /** Packages that it imports, as pip knows them. */
  readonly packages: string;
}

/** A Python child process that reads and writes JSON, one object a line. Its first line has the versions of its packages. */
export class PythonPeer implements AsyncDisposable {
  readonly versions: PeerVersions;
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #hear: () => Promise<unknown>;

  private constructor(child: ChildProcessWithoutNullStreams, hear: () => Promise<unknown>, versions: PeerVersions) {
    this.#child = child;
    this.#hear = hear;
    this.versions = versions;
  }

  /** @throws Error when this Python cannot be started or lacks a package */
  static async start({ python, script, args = [], packages }: PeerScript): Promise<PythonPeer> {
    // Benchmarks run from the root of the checkout.
    const child = spawn(python, [resolve('bench/peers', script), ...args], { stdio: 'pipe' });
    await once(child, 'spawn');
    const hear = lineReader(child);
    const greeting = greetingSchema.parse(await hear());
    if ('missing' in greeting) throw new Error(`${python} lacks a package: ${greeting.missing}. It needs: pip install ${packages}`);
    return new PythonPeer(child, hear, greeting.versions);
  }

  say(message: unknown): void {
    this.#child.stdin.write(`${JSON.stringify(message)}\n`);
  }

  /** Returns the next line. @throws Error with the child's standard error when there is none */
  hear(): Promise<unknown> {
    return this.#hear();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode !== null) return;
    const closed = once(this.#child, 'close');
    this.#child.stdin.end();
    await closed;
  }
}

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
