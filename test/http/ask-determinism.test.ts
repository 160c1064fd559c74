import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AskedTrialRepresentation as Trial } from '../../src/api/ask.ts';
import { createTestDatabase, type TestDatabase } from '../store/database.ts';
import { runSql } from '../store/server.ts';
import { externalStudy } from './definitions.ts';
import { startTestService, type TestService } from './service.ts';

/** Two processes on one database. */
let database: TestDatabase;
let services: readonly [TestService, TestService];
beforeAll(async () => {
  database = await createTestDatabase();
  const shared = { url: database.url, [Symbol.asyncDispose]: async () => undefined };
  services = [await startTestService({}, shared), await startTestService({}, shared)];
});
afterAll(async () => {
  for (const service of services) await service[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
});

const searches = {
  tpe: { sampler: { type: 'tpe', startupTrials: 3 }, budget: { trials: 12 } },
  genetic: { sampler: { type: 'genetic', population: 4, elites: 1 }, budget: { generations: 3 } },
};

/** A trial is disturbed so often at most: it must not fail. */
const disturbedAttempts = 5;
/** Rounds after which a study that goes on has stopped making progress. */
const roundsAtMost = 400;

const acts = ['work', 'work', 'ask', 'report', 'die', 'stall', 'deliver late', 'release', 'fail', 'rest'] as const;
/** One thing that a worker does, and the process that it asks. */
const act = fc.record({ does: fc.constantFrom(...acts), process: fc.constantFrom(0, 1) });
type Act = { readonly does: (typeof acts)[number]; readonly process: number };
/** Four workers act at once, each at its own speed. */
const rounds = fc.array(fc.tuple(act, act, act, act), { minLength: 5, maxLength: 30 });

/** A worker, the trial that it holds, and one that a predecessor held whose lease has ended. */
class Worker {
  readonly #studyId: string;
  #held: Trial | null = null;
  #lost: Trial | null = null;
  ended = false;

  constructor(studyId: string) {
    this.#studyId = studyId;
  }

  async act({ does, process }: Act): Promise<void> {
    const service = process === 0 ? services[0] : services[1];
    if (does === 'rest') return;
    if (does === 'deliver late') return this.#deliverLate(service);
    const trial = this.#held ?? (await this.#ask(service));
    if (!trial || does === 'ask') return;
    if (does === 'report') return void (await this.#report(service, trial));
    this.#held = null;
    const isDisturbing = does !== 'work' && trial.attempt <= disturbedAttempts;
    if (!isDisturbing) return this.#finish(service, trial);
    if (does === 'stall') await this.#report(service, trial);
    if (does === 'die' || does === 'stall') {
      this.#lost = trial;
      return endLease(trial);
    }
    const answer = await tell(service, trial, does, does === 'fail' ? { error: 'no memory' } : {});
    expect([200, 409], answer.body).toContain(answer.statusCode);
  }

  async #ask(service: TestService): Promise<Trial | null> {
    const response = await service.post(`/v1/studies/${this.#studyId}/ask`, { worker: 'test' });
    expect(response.statusCode, response.body).toBe(200);
    const { trials, waiting } = response.json();
    this.ended = waiting?.reason === 'ended';
    this.#held = trials[0] ?? null;
    return this.#held;
  }

  /** Reports the whole curve. @returns false if another worker has the trial */
  async #report(service: TestService, trial: Trial): Promise<boolean> {
    const reports = [1, 2].map((step) => ({ step, values: { accuracy: pureValue(trial) * (step / 2) } }));
    const answer = await tell(service, trial, 'reports', { reports });
    expect([200, 409], answer.body).toContain(answer.statusCode);
    return answer.statusCode === 200;
  }

  async #finish(service: TestService, trial: Trial): Promise<void> {
    if (!(await this.#report(service, trial))) return;
    await deliver(service, trial);
  }

  /** Its result is complete if it was reported before the lease ended. */
  async #deliverLate(service: TestService): Promise<void> {
    const trial = this.#lost;
    this.#lost = null;
    if (trial) await deliver(service, trial);
  }
}

/** The value follows from the parameters alone. */
function pureValue({ parameters }: Pick<Trial, 'parameters'>): number {
  return 1 - Math.abs(Number(parameters['x']) - 0.3) - Number(parameters['n']) / 100;
}

const tell = (service: TestService, { id, lease }: Trial, verb: string, body: object) =>
  service.post(`/v1/trials/${id}/${verb}`, { token: lease.token, ...body });

async function deliver(service: TestService, trial: Trial): Promise<void> {
  const answer = await tell(service, trial, 'complete', {});
  // 409: another attempt has settled it; 422: this one reported nothing.
  expect([200, 409, 422], answer.body).toContain(answer.statusCode);
}

/** Ends the lease of an attempt, if it still has one. A server that has started just now would leave it one lease more. */
const endLease = async ({ id, lease }: Trial): Promise<void> => {
  await runSql(
    database.url,
    `UPDATE trial SET lease_until = clock_timestamp() - interval '1 hour', lease_seconds = 0.1 WHERE id = '${id}' AND lease_token = '${lease.token}'`,
  );
};

async function exportAfter(search: keyof typeof searches, played: readonly (readonly Act[])[]): Promise<string> {
  const [service] = services;
  const created = await service.post(
    '/v1/studies',
    externalStudy({ schedule: 'deterministic', parallelism: 4, retries: { maxAttempts: 10 }, ...searches[search] }),
  );
  expect(created.statusCode, created.body).toBe(201);
  const { id } = created.json();
  const workers = [0, 1, 2, 3].map(() => new Worker(id));
  for (let round = 0; round < roundsAtMost && !workers.some(({ ended }) => ended); round += 1) {
    const steady: Act = { does: 'work', process: round % 2 };
    await Promise.all(workers.map((worker, index) => worker.act(played[round]?.[index] ?? steady)));
  }
  expect((await service.get(`/v1/studies/${id}`)).json()).toMatchObject({ state: 'completed', outcome: { reason: 'budget' } });
  const verified = await service.request({ method: 'POST', url: `/v1/studies/${id}/verify` });
  expect(verified.json(), verified.body).toMatchObject({ verified: true, differences: [] });
  return (await service.get(`/v1/studies/${id}/export?provenance=false`)).body;
}

describe.each(Object.keys(searches) as (keyof typeof searches)[])('a deterministic study of workers (%s)', (search) => {
  it('has the same export, byte for byte, in whatever order four workers ask, deliver, die and come late, at two processes', {
    timeout: 300_000,
  }, async () => {
    const undisturbed = await exportAfter(search, []);
    await fc.assert(
      fc.asyncProperty(rounds, async (played) => {
        expect(await exportAfter(search, played)).toBe(undisturbed);
      }),
      { numRuns: Number(process.env.DETERMINISM_RUNS ?? 10), seed: 12 },
    );
  });
});
