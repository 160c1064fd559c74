import { randomInt, randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';

/** A storm of workers on one study. */
export interface Storm {
  readonly studyId: string;
  /** Addresses of the services at this moment; some may be down. */
  readonly urls: () => readonly string[];
  readonly workers: number;
  readonly leaseSeconds: number;
}

/** Counts of a storm, and the results that were answered 200, by trial number. */
export interface StormCounts {
  asked: number;
  delivered: number;
  /** Trials that a worker took and never told of again. */
  abandoned: number;
  /** Results that came after their lease had ended. */
  late: number;
  /** Results that were refused because the trial was settled. */
  refused: number;
  /** Requests that were sent again because a service was down. */
  repeated: number;
  readonly results: Map<number, Set<number>>;
}

interface Trial {
  readonly id: string;
  readonly number: number;
  readonly parameters: { readonly x: number };
  readonly lease: { readonly token: string };
}

/** Runs workers until their study has ended. Every fifth loses some of its trials for ever, every tenth delivers some after its lease. */
export async function runStorm(storm: Storm): Promise<StormCounts> {
  const counts: StormCounts = { asked: 0, delivered: 0, abandoned: 0, late: 0, refused: 0, repeated: 0, results: new Map() };
  await Promise.all(Array.from({ length: storm.workers }, (_, worker) => work(storm, worker, counts)));
  return counts;
}

async function work(storm: Storm, worker: number, counts: StormCounts): Promise<void> {
  for (;;) {
    const { trials, waiting } = await sent<{ trials: Trial[]; waiting: { reason: string } | null }>(storm, counts, {
      path: `/v1/studies/${storm.studyId}/ask`,
      body: { worker: `worker-${worker}`, leaseSeconds: storm.leaseSeconds, waitSeconds: 2 },
    });
    if (waiting?.reason === 'ended') return;
    for (const trial of trials) {
      counts.asked += 1;
      if (worker % 5 === 0 && randomInt(10) === 0) counts.abandoned += 1;
      else await evaluate(storm, worker, trial, counts);
    }
  }
}

async function evaluate(storm: Storm, worker: number, { id, number, parameters, lease }: Trial, counts: StormCounts): Promise<void> {
  await delay(randomInt(30));
  if (worker % 10 === 1 && randomInt(20) === 0) {
    counts.late += 1;
    await delay((storm.leaseSeconds + 1) * 1000);
  }
  const value = parameters.x + randomInt(1_000_000) / 1e6;
  const answer = await sent<{ state?: string; status?: number }>(storm, counts, {
    path: `/v1/trials/${id}/complete`,
    body: { token: lease.token, values: { value } },
  });
  if (answer.status === 409) counts.refused += 1;
  else {
    counts.delivered += 1;
    counts.results.set(number, (counts.results.get(number) ?? new Set()).add(value));
  }
}

/** Sends a request to one of the services, and again to another if that is down, under the same key. */
async function sent<Answer>(
  { urls }: Storm,
  counts: StormCounts,
  { path, body }: { readonly path: string; readonly body: object },
): Promise<Answer> {
  const headers = { 'content-type': 'application/json', 'idempotency-key': randomUUID() };
  for (;;) {
    const addresses = urls();
    const url = addresses[randomInt(addresses.length)];
    try {
      const response = await fetch(`${url}${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
      if (response.status !== 503) {
        if (!response.ok && response.status !== 409) throw new Refusal(`${path}: ${response.status} ${await response.text()}`);
        return (await response.json()) as Answer; // the tests of the API check its answers
      }
      await response.arrayBuffer();
    } catch (error) {
      if (error instanceof Refusal) throw error;
    }
    counts.repeated += 1;
    await delay(100);
  }
}

/** An answer that no worker should get. */
class Refusal extends Error {
  override readonly name = 'Refusal';
}
