import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Client, createClient } from '../../src/client/client.ts';
import { optimize } from '../../src/client/optimize.ts';
import type { RunningTrial } from '../../src/client/trial-lease.ts';
import { TrialFailedError } from '../../src/client/trial-stopped.ts';
import { externalStudy, geneticStudy } from './definitions.ts';
import { startTestService, type TestService } from './service.ts';

let service: TestService;
let client: Client;
beforeAll(async () => {
  service = await startTestService();
  client = createClient({ baseUrl: await service.app.listen({ host: '127.0.0.1', port: 0 }) });
});
afterAll(() => service[Symbol.asyncDispose]());

/** Creates a study of few trials that fail at their first failure. */
async function create(changes: object = {}): Promise<string> {
  const definition = externalStudy({ budget: { trials: 3 }, retries: { maxAttempts: 1 }, ...changes });
  return (await client.createStudy(definition as Parameters<Client['createStudy']>[0])).id; // its literals are widened to string
}

async function trialsOf(id: string) {
  const trials = [];
  for await (const trial of client.listTrials(id)) trials.push(trial);
  return trials;
}

describe('optimize against the service', () => {
  it('evaluates a study; values that are not finite are stored as null and rank last', async () => {
    const id = await create();
    const objective = ({ number, report }: RunningTrial) =>
      report(1, { accuracy: number === 0 ? Number.NaN : number, loss: Number.POSITIVE_INFINITY });
    expect(await optimize(client, id, objective, { concurrency: 2 })).toMatchObject({ completed: 3, failed: 0, ended: expect.any(String) });
    expect((await trialsOf(id)).map(({ value }) => value)).toEqual([null, 1, 2]);
    expect(await client.getStudy(id)).toMatchObject({ state: 'completed', best: { number: 2 } });
  });

  it('fails trials by errors, refused reports and refused results, and the service keeps the words', async () => {
    const id = await create();
    const objective = async ({ number, report }: RunningTrial) => {
      if (number === 0) throw new TrialFailedError('out of memory');
      await report(1, { accuracy: 0.5 });
      if (number === 1) await report(1, { accuracy: 0.6 });
      return { loss: 1 };
    };
    expect(await optimize(client, id, objective)).toMatchObject({ completed: 0, failed: 3 });
    const errors = (await trialsOf(id)).map(({ error }) => error?.detail);
    expect(errors).toEqual([
      'out of memory',
      expect.stringContaining('step 1 was reported with other values'),
      expect.stringContaining('the result was refused: '),
    ]);
  });

  it('stops an evaluation whose study is cancelled', async () => {
    const id = await create();
    const objective = async ({ number, report }: RunningTrial) => {
      if (number === 1) await client.cancel(id);
      await report(1, { accuracy: 1 });
      return number;
    };
    expect(await optimize(client, id, objective)).toMatchObject({ completed: 1, stopped: 1, ended: expect.any(String) });
    expect((await client.getStudy(id)).trials).toMatchObject({ completed: 1, cancelled: 1, failed: 0 });
  });

  it('returns its trials when it is stopped; they cost no attempt that failed', async () => {
    const id = await create();
    const worker = new AbortController();
    const objective = ({ signal }: RunningTrial) => {
      worker.abort();
      signal.throwIfAborted();
    };
    expect(await optimize(client, id, objective, { signal: worker.signal })).toMatchObject({ released: 1, ended: null });
    expect(await trialsOf(id)).toMatchObject([{ state: 'queued', failures: 0 }]);
  });

  it('does not work on a study that the service evaluates itself', async () => {
    const id = await create(geneticStudy());
    await expect(optimize(client, id, () => 1)).rejects.toMatchObject({ code: 'not-external' });
  });
});
