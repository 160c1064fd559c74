import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { z } from 'zod';

/** A server in a process of its own. Disposing it stops the process. */
export interface ServerProcess extends AsyncDisposable {
  readonly url: string;
  /** Resident memory of the process; only the API tells it. */
  memoryMb(): Promise<number>;
}

const helloSchema = z.object({ url: z.url() });
const memorySchema = z.object({ rssMb: z.number() });

/** Starts a program of this folder and waits for its address. @throws Error if it ends before that */
export async function startServer(program: 'floor' | 'api', env: Readonly<Record<string, string>>): Promise<ServerProcess> {
  const child = fork(new URL(`./${program}.js`, import.meta.url), { env: { ...process.env, ...env } });
  const { url } = helloSchema.parse(await message(child, program));
  return {
    url,
    memoryMb: async () => {
      const answer = message(child, program);
      child.send('memory');
      return memorySchema.parse(await answer).rssMb;
    },
    [Symbol.asyncDispose]: async () => {
      if (child.exitCode !== null) return;
      child.disconnect();
      await once(child, 'exit');
    },
  };
}

async function message(child: ChildProcess, program: string): Promise<unknown> {
  const ended = new AbortController();
  const [first] = await Promise.race([
    once(child, 'message', { signal: ended.signal }),
    once(child, 'exit', { signal: ended.signal }).then(() => {
      throw new Error(`the ${program} of the bench ended before it answered`);
    }),
  ]).finally(() => ended.abort());
  return first;
}
