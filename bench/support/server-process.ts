import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { z } from 'zod';
import type { BenchDatabase } from './bench-database.ts';

/** A server in a process of its own. Disposing it stops the process. */
export interface ServerProcess extends AsyncDisposable {
  readonly url: string;
  /** Resident memory of the process; only the API tells it. */
  memoryMb(): Promise<number>;
}

const helloSchema = z.object({ url: z.url() });
const memorySchema = z.object({ rssMb: z.number() });

/** Starts the API of the service on a database of the bench, on a port or on any free one. @throws Error if it ends before it answers */
export function startApi(database: BenchDatabase, port = 0): Promise<ServerProcess> {
  return startServer(new URL('./api.js', import.meta.url), {
    DATABASE_URL: database.url,
    CLAVIER_PORT: String(port),
    CLAVIER_HOST: '127.0.0.1',
  });
}

/** Starts a program and waits for its address. @throws Error if it ends before that */
export async function startServer(program: URL, env: Readonly<Record<string, string>>): Promise<ServerProcess> {
  const child = fork(program, { env: { ...process.env, ...env } });
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

async function message(child: ChildProcess, program: URL): Promise<unknown> {
  const ended = new AbortController();
  const [first] = await Promise.race([
    once(child, 'message', { signal: ended.signal }),
    once(child, 'exit', { signal: ended.signal }).then(() => {
      throw new Error(`${program.pathname} of the bench ended before it answered`);
    }),
  ]).finally(() => ended.abort());
  return first;
}
