import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { Pool } from 'undici';

/** One ask and tell of one client; `client` is its number. */
export type Cycle = (client: number) => Promise<void>;

/** Sends a POST and reads the answer. @throws Error for any answer but 200 */
export type Post = (path: string, body: object) => Promise<Record<string, unknown>>;

/** A client with keep-alive connections, as many as there are workers. Disposing it closes them. */
export function poster(url: string, connections: number): { readonly post: Post } & AsyncDisposable {
  const pool = new Pool(url, { connections, pipelining: 1 });
  return {
    post: async (path, body) => {
      const headers = { 'content-type': 'application/json', 'idempotency-key': randomUUID() };
      const answer = await pool.request({ method: 'POST', path, headers, body: JSON.stringify(body) });
      const text = await answer.body.text();
      if (answer.statusCode !== 200) throw new Error(`POST ${path}: ${answer.statusCode} ${text}`);
      return JSON.parse(text);
    },
    [Symbol.asyncDispose]: () => pool.close(),
  };
}

/** Ask and tell of the floor. */
export function floorCycle(post: Post): Cycle {
  return async () => {
    const { id } = await post('/ask', { worker: 'bench' });
    await post('/tell', { id, value: Math.random() });
  };
}

/** Ask and tell of a study; `reports`: reports between the two. */
export function studyCycle(post: Post, studyId: string, reports: number): Cycle {
  return async (client) => {
    const answer = await post(`/v1/studies/${studyId}/ask`, { worker: `bench-${client}`, waitSeconds: 10 });
    const [trial] = answer.trials as { id: string; lease: { token: string } }[]; // the API's tests check its answers
    if (!trial) throw new Error(`no trial: ${JSON.stringify(answer.waiting)}`);
    const { token } = trial.lease;
    for (let step = 1; step <= reports; step += 1)
      await post(`/v1/trials/${trial.id}/reports`, { token, reports: [{ step, values: { value: Math.random() } }] });
    await post(`/v1/trials/${trial.id}/complete`, { token, values: { value: Math.random() } });
  };
}

/** Runs cycles of several clients side by side, after a warm-up. @returns cycles per second */
export async function cyclesPerSecond(
  cycle: Cycle,
  clients: number,
  seconds: { readonly warmUp: number; readonly measured: number },
): Promise<number> {
  let done = 0;
  let stopped = false;
  const work = Array.from({ length: clients }, async (_, client) => {
    while (!stopped) {
      await cycle(client);
      done += 1;
    }
  });
  const failed = Promise.all(work).then(() => Promise.reject(new Error('the clients stopped')));
  failed.catch(() => undefined); // reported by the race, or not a failure
  await Promise.race([delay(seconds.warmUp * 1000), failed]);
  const [before, started] = [done, performance.now()];
  await Promise.race([delay(seconds.measured * 1000), failed]);
  const rate = ((done - before) * 1000) / (performance.now() - started);
  stopped = true;
  await Promise.all(work);
  return rate;
}
