import { describe, expect, test, vi } from 'vitest';
import type { OptimizeOptions } from '../../src/client/optimize.ts';
import { optimize } from '../../src/client/optimize.ts';
import type { TrialOutcome } from '../../src/client/settlement.ts';
import type { RunningTrial } from '../../src/client/trial-lease.ts';
import { TrialFailedError, TrialStoppedError } from '../../src/client/trial-stopped.ts';
import { FakeService, problem, stop, studyId, unavailable } from './fake-service.ts';

const none = { completed: 0, failed: 0, stopped: 0, released: 0, ended: 'the study has ended' };

/** Rejects when the evaluation must stop. */
function untilStopped({ signal }: RunningTrial): Promise<never> {
  return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
}

describe('optimize', () => {
  test('evaluates all trials, as many at a time as it may, and ends with the study', async () => {
    const service = new FakeService({ trials: 7 });
    let [running, most] = [0, 0];
    const objective = async ({ parameters, resume, attempt }: RunningTrial): Promise<number> => {
      running += 1;
      most = Math.max(most, running);
      await new Promise((resolve) => setTimeout(resolve, 5));
      running -= 1;
      expect({ resume, attempt }).toEqual({ resume: null, attempt: 1 });
      return Number(parameters['x']);
    };
    const options = { concurrency: 3, worker: 'host:1', leaseSeconds: 30 };
    expect(await optimize(service.client, studyId, objective, options)).toEqual({ ...none, completed: 7 });
    expect(most).toBe(3);
    expect(service.of('ask')[0]?.body).toEqual({ worker: 'host:1', leaseSeconds: 30, waitSeconds: 30 });
    const results = service.of('complete').map(({ body }) => body['values']);
    expect(results).toContainEqual({ accuracy: 0.3 }); // a number is the value of the study's metric
  });

  test.each([
    ['values by name', { accuracy: 0.5, loss: 1 }, { values: { accuracy: 0.5, loss: 1 } }],
    [
      'a completion',
      { values: { accuracy: 0.5 }, checkpoint: 'c', attributes: { commit: 'a' } },
      { values: { accuracy: 0.5 }, checkpoint: 'c', attributes: { commit: 'a' } },
    ],
    ['nothing: the last report counts', undefined, {}],
  ])('takes %s from an objective', async (_, result, body) => {
    const service = new FakeService();
    await optimize(service.client, studyId, () => result);
    expect(service.of('complete')[0]?.body).toEqual({ token: 'token 0.1', ...body });
  });

  test('ends after as many trials as it is told to', async () => {
    const service = new FakeService({ trials: 5 });
    expect(await optimize(service.client, studyId, () => 1, { concurrency: 2, trials: 3 })).toEqual({ ...none, completed: 3, ended: null });
  });

  test('fails a trial whose objective throws, with the error, and takes it again', async () => {
    const service = new FakeService();
    const outcomes: TrialOutcome[] = [];
    const objective = ({ attempt }: RunningTrial): number => {
      if (attempt === 1) throw new RangeError('out of memory');
      return 1;
    };
    const summary = await optimize(service.client, studyId, objective, { onTrial: (outcome) => outcomes.push(outcome) });
    expect(summary).toEqual({ ...none, completed: 1, failed: 1 });
    expect(service.of('fail')[0]?.body).toEqual({
      token: 'token 0.1',
      error: expect.stringMatching(/^RangeError: out of memory\n {4}at /),
      retry: true,
    });
    expect(outcomes).toMatchObject([
      { kind: 'failed', willRetry: true },
      { kind: 'completed', value: 1 },
    ]);
  });

  test('fails a trial for good, with the message alone, if the objective says so', async () => {
    const service = new FakeService();
    const objective = () => {
      throw new TrialFailedError('this layout cannot work', { retry: false });
    };
    expect(await optimize(service.client, studyId, objective)).toEqual({ ...none, failed: 1 });
    expect(service.of('fail')[0]?.body).toEqual({ token: 'token 0.1', error: 'this layout cannot work', retry: false });
  });

  test('fails a trial whose result the service refuses: the next attempt would return the same', async () => {
    const service = new FakeService({ intercept: ({ verb }) => (verb === 'complete' ? problem(422, 'invalid-request') : undefined) });
    expect(await optimize(service.client, studyId, () => ({ loss: 1 }))).toEqual({ ...none, failed: 1 });
    expect(service.of('fail')[0]?.body).toMatchObject({ error: 'the result was refused: it is invalid-request', retry: false });
  });

  test('loses no result while the service is away for a moment', async () => {
    const seen = new Set<string>();
    const service = new FakeService({
      trials: 3,
      // The first try of every request but heartbeats and reads.
      intercept: ({ idempotencyKey }) => {
        if (idempotencyKey === null || seen.has(idempotencyKey)) return undefined;
        seen.add(idempotencyKey);
        return unavailable();
      },
    });
    const retried: unknown[] = [];
    const options = { onRetry: (error: unknown) => retried.push(error) };
    expect(await optimize(service.client, studyId, ({ report }) => report(1, { accuracy: 1 }), options)).toEqual({ ...none, completed: 3 });
    expect(retried).toHaveLength(4 + 3 + 3);
  });

  test('throws what the service refuses, after the other trials are finished', async () => {
    const service = new FakeService({
      trials: 1,
      intercept: ({ verb }) => (verb === 'ask' && service.of('ask').length > 1 ? problem(404, 'study-not-found') : undefined),
    });
    const finish = new EventTarget();
    const objective = () => new Promise<number>((resolve) => finish.addEventListener('now', () => resolve(1)));
    const evaluated = vi.fn(objective);
    const done = optimize(service.client, studyId, evaluated, { concurrency: 2 });
    await vi.waitFor(() => expect(evaluated).toHaveBeenCalled());
    finish.dispatchEvent(new Event('now'));
    await expect(done).rejects.toMatchObject({ code: 'study-not-found' });
    expect(service.states()).toEqual(['completed']);
  });
});

describe('the stop of a worker', () => {
  const run = (service: FakeService, objective: (trial: RunningTrial) => Promise<number>, options: OptimizeOptions = {}) => {
    const worker = new AbortController();
    return { worker, done: optimize(service.client, studyId, objective, { ...options, signal: worker.signal }) };
  };

  test('aborts the evaluations and returns their trials', async () => {
    const service = new FakeService({ trials: 3 });
    const { worker, done } = run(service, untilStopped, { concurrency: 2 });
    await vi.waitFor(() => expect(service.states()).toEqual(['running', 'running', 'queued']));
    worker.abort(new Error('shutdown'));
    expect(await done).toEqual({ ...none, released: 2, ended: null });
    expect(service.states()).toEqual(['queued', 'queued', 'queued']);
    expect(service.of('fail')).toEqual([]);
  });

  test('returns a trial whose objective gives a part of a result', async () => {
    const service = new FakeService();
    const { worker, done } = run(service, (trial) => untilStopped(trial).catch(() => 0.1));
    await vi.waitFor(() => expect(service.states()).toEqual(['running']));
    worker.abort();
    expect(await done).toMatchObject({ completed: 0, released: 1 });
  });

  test('returns a trial that arrives afterwards, without its evaluation', async () => {
    const worker = new AbortController();
    const service = new FakeService({
      intercept: ({ verb }) => {
        if (verb === 'ask') worker.abort();
        return undefined;
      },
    });
    const objective = vi.fn();
    expect(await optimize(service.client, studyId, objective, { signal: worker.signal })).toMatchObject({ released: 1 });
    expect(objective).not.toHaveBeenCalled();
    expect(service.states()).toEqual(['queued']);
  });

  test('ends a request that waits for a trial', async () => {
    const worker = new AbortController();
    const service = new FakeService({ intercept: () => problem(503, 'service-unavailable', { 'retry-after': '60' }) });
    const done = optimize(service.client, studyId, () => 1, { signal: worker.signal });
    await vi.waitFor(() => expect(service.of('ask')).toHaveLength(1));
    worker.abort();
    expect(await done).toEqual({ ...none, ended: null });
  });
});

describe('an evaluation', () => {
  test.each(['cancelled', 'pruned', 'settled', 'lease-lost'])(
    'is aborted when the service answers a report with stop: %s',
    async (reason) => {
      const service = new FakeService({ intercept: ({ verb }) => (verb === 'reports' ? stop(reason) : undefined) });
      let seen: unknown;
      const objective = async (trial: RunningTrial): Promise<number> => {
        await trial.report(1, { accuracy: 0.5 });
        seen = trial.signal.reason;
        await trial.report(2, { accuracy: 0.6 });
        return 0.6;
      };
      expect(await optimize(service.client, studyId, objective, { trials: 1 })).toEqual({ ...none, stopped: 1, ended: null });
      expect(seen).toBeInstanceOf(TrialStoppedError);
      expect(seen).toMatchObject({ reason, message: `the trial is ${reason}` });
      expect(service.of('reports')).toHaveLength(1);
      expect(['complete', 'fail', 'release'].flatMap((verb) => service.of(verb))).toEqual([]);
    },
  );

  test.each(['heartbeat', 'reports'])('is aborted when the token of its %s is stale', async (verb) => {
    const service = new FakeService({
      leaseSeconds: 0.03,
      intercept: (request) => (request.verb === verb ? problem(409, 'stale-token') : undefined),
    });
    const objective = async (trial: RunningTrial): Promise<never> => {
      const stopped = untilStopped(trial);
      if (verb === 'reports') await trial.report(1, { accuracy: 0.5 });
      return stopped;
    };
    expect(await optimize(service.client, studyId, objective, { trials: 1 })).toMatchObject({ stopped: 1, failed: 0 });
  });

  test('whose result came too late is stopped, and the next one goes on', async () => {
    const service = new FakeService({
      trials: 2,
      intercept: ({ verb, path }) => (verb === 'complete' && path.includes('0000/') ? problem(409, 'state-conflict') : undefined),
    });
    expect(await optimize(service.client, studyId, () => 1, { trials: 2 })).toMatchObject({ stopped: 1, completed: 1 });
  });

  test('renews its lease every third of it, through errors, until it ends', async () => {
    vi.useFakeTimers();
    try {
      const service = new FakeService({
        leaseSeconds: 60,
        intercept: ({ verb }) =>
          verb === 'heartbeat' && service.of('heartbeat').length === 2 ? problem(500, 'internal-error') : undefined,
      });
      let finish: (value: number) => void = () => undefined;
      const done = optimize(service.client, studyId, () => new Promise<number>((resolve) => (finish = resolve)));
      await vi.advanceTimersByTimeAsync(19_999);
      expect(service.of('heartbeat')).toHaveLength(0);
      await vi.advanceTimersByTimeAsync(1);
      expect(service.of('heartbeat')).toHaveLength(1);
      await vi.advanceTimersByTimeAsync(20_500); // the second fails and is repeated soon
      expect(service.of('heartbeat')).toHaveLength(3);
      await vi.advanceTimersByTimeAsync(20_000);
      expect(service.of('heartbeat')).toHaveLength(4);
      finish(1);
      expect(await done).toMatchObject({ completed: 1 });
      await vi.advanceTimersByTimeAsync(120_000);
      expect(service.of('heartbeat')).toHaveLength(4);
    } finally {
      vi.useRealTimers();
    }
  });

  test('sends reports in order, those that wait together, and all before the result', async () => {
    const service = new FakeService();
    const objective = async ({ report }: RunningTrial): Promise<void> => {
      for (const step of [1, 2, 3]) void report(step, { accuracy: step / 10 });
      await report(4, { accuracy: 0.4 }, { checkpoint: 's3://models/4' });
      void report(5, { accuracy: 0.5 });
    };
    expect(await optimize(service.client, studyId, objective)).toMatchObject({ completed: 1 });
    const steps = service.of('reports').map(({ body }) => (body['reports'] as { step: number }[]).map(({ step }) => step)); // as sent
    expect(steps).toEqual([[1, 2, 3, 4], [5]]);
    expect(service.received.map(({ verb }) => verb)).toEqual(['ask', 'reports', 'reports', 'complete', 'ask']);
  });

  test('fails if a report is refused, even one that nobody waited for', async () => {
    const service = new FakeService({ intercept: ({ verb }) => (verb === 'reports' ? problem(409, 'step-reported') : undefined) });
    const objective = ({ report }: RunningTrial): number => {
      void report(1, { accuracy: 0.5 });
      return 0.5;
    };
    expect(await optimize(service.client, studyId, objective, { trials: 1 })).toMatchObject({ completed: 0, failed: 1 });
    expect(service.of('fail')[0]?.body['error']).toContain('it is step-reported');
  });
});
