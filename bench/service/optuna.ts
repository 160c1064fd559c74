import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { type PeerVersions, PythonPeer } from '../support/python-peer.ts';
import { space } from '../support/studies.ts';
import { mostOptunaClients, optunaTrials, type ServiceBenchOptions } from './options.ts';

const doneSchema = z.strictObject({ done: z.literal(true) });
const rateSchema = z.strictObject({ perSecond: z.number() });
/** Samplers of Optuna, by the name of ours. */
const samplers = ['random', 'tpe'];

/** A study of Optuna, and the number of clients that work on it. */
interface OptunaStudy {
  readonly sampler: string;
  readonly trials: number;
  readonly clients: number;
}

/** Clients of Optuna on PostgreSQL, a Python process each (peers/service.py). Without a Python there are none. */
export class OptunaClients implements AsyncDisposable {
  readonly #clients: readonly PythonPeer[];
  readonly #samplers: readonly string[];

  private constructor(clients: readonly PythonPeer[], named: readonly string[]) {
    this.#clients = clients;
    this.#samplers = named;
  }

  /** @param url address of the database, in which Optuna makes its tables */
  static async start(options: Pick<ServiceBenchOptions, 'python' | 'clients' | 'samplers'>, url: string): Promise<OptunaClients> {
    const { python } = options;
    const counts = python === null ? [] : options.clients.filter((count) => count <= mostOptunaClients);
    const args = [url.replace(/^postgres(ql)?:/, 'postgresql+psycopg2:')];
    const clients: PythonPeer[] = [];
    const started = new OptunaClients(
      clients,
      options.samplers.filter((sampler) => samplers.includes(sampler)),
    );
    try {
      while (python !== null && clients.length < Math.max(0, ...counts))
        clients.push(await PythonPeer.start({ python, script: 'service.py', args, packages: 'optuna psycopg2-binary' }));
    } catch (error) {
      await started[Symbol.asyncDispose]();
      throw error;
    }
    return started;
  }

  /** Null without a Python. */
  get versions(): PeerVersions | null {
    return this.#clients[0]?.versions ?? null;
  }

  /** The studies to measure with a number of clients. */
  studies(clients: number): OptunaStudy[] {
    if (clients > this.#clients.length) return [];
    return this.#samplers.flatMap((sampler) => optunaTrials.map((trials) => ({ sampler, trials, clients })));
  }

  /** Measures a new study. */
  async cyclesPerSecond(
    { sampler, trials, clients }: OptunaStudy,
    seconds: { readonly warmUp: number; readonly measured: number },
  ): Promise<number> {
    const study = `bench ${sampler} ${randomUUID()}`;
    const working = this.#clients.slice(0, clients);
    await answers(working.slice(0, 1), doneSchema, () => ({ create: { study, space, trials } }));
    await answers(working, doneSchema, (seed) => ({ load: { study, space, sampler, seed } }));
    const rates = await answers(working, rateSchema, () => ({ run: seconds }));
    return rates.reduce((sum, { perSecond }) => sum + perSecond, 0);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#clients.map((client) => client[Symbol.asyncDispose]()));
  }
}

/** Sends a request to each client at once and waits for all answers. */
async function answers<Answer>(
  clients: readonly PythonPeer[],
  schema: z.ZodType<Answer>,
  request: (client: number) => object,
): Promise<Answer[]> {
  for (const [index, client] of clients.entries()) client.say(request(index));
  return Promise.all(clients.map(async (client) => schema.parse(await client.hear())));
}
