import { type Client, createClient } from '../../src/client/client.ts';

/** A request as the service received it. */
export interface Received {
  readonly method: string;
  readonly path: string;
  /** Last part of the path: `ask`, `heartbeat`, `complete` … */
  readonly verb: string;
  readonly body: Readonly<Record<string, unknown>>;
  readonly idempotencyKey: string | null;
}

type State = 'queued' | 'running' | 'completed' | 'failed';

/** A trial of the service. */
interface FakeTrial {
  readonly number: number;
  state: State;
  attempt: number;
  token: string;
}

interface FakeServiceOptions {
  readonly trials?: number;
  /** Answers a request in place of the service; undefined: the service does. */
  readonly intercept?: (request: Received) => Response | Promise<Response> | undefined;
  readonly parameters?: (number: number) => Readonly<Record<string, unknown>>;
  readonly searchSpace?: readonly object[];
  readonly leaseSeconds?: number;
  /** The step of the checkpoint at which each trial resumes. */
  readonly resumesAfter?: number;
}

export const studyId = '01900000-0000-7000-8000-000000000001';

/** A service in memory with one external study, whose metric is `accuracy`. A failed attempt is tried again unless it forbids that. */
export class FakeService {
  readonly received: Received[] = [];
  readonly trials: readonly FakeTrial[];
  readonly client: Client;
  readonly #options: FakeServiceOptions;

  constructor(options: FakeServiceOptions = {}) {
    this.#options = options;
    this.trials = Array.from({ length: options.trials ?? 1 }, (_, number) => ({ number, state: 'queued', attempt: 0, token: '' }));
    this.client = createClient({ baseUrl: 'http://service.example', fetch: (input, init) => this.#fetch(String(input), init) });
  }

  /** Requests of one kind, in order. */
  of(verb: string): Received[] {
    return this.received.filter((request) => request.verb === verb);
  }

  states(): State[] {
    return this.trials.map(({ state }) => state);
  }

  async #fetch(url: string, { method = 'GET', body, headers, signal }: RequestInit = {}): Promise<Response> {
    signal?.throwIfAborted();
    const { pathname: path } = new URL(url);
    const received = {
      method,
      path,
      verb: path.split('/').at(-1) ?? '',
      body: JSON.parse(String(body ?? '{}')),
      idempotencyKey: new Headers(headers).get('idempotency-key'),
    };
    this.received.push(received);
    const given = this.#options.intercept?.(received);
    return (await given) ?? this.#answer(received);
  }

  #answer({ method, path, verb, body }: Received): Response {
    if (method === 'GET') return Response.json(this.#study());
    if (verb === 'ask') return Response.json(this.#ask());
    const trial = this.trials.find(({ number }) => path.includes(idOf(number)));
    if (!trial) return problem(404, 'trial-not-found');
    if (trial.token !== body['token'] || trial.state !== 'running') return problem(409, 'stale-token');
    if (verb === 'heartbeat' || verb === 'reports')
      return Response.json({ directive: 'continue', reason: null, detail: null, leaseUntil: null });
    if (verb === 'complete') trial.state = 'completed';
    else trial.state = verb === 'fail' && body['retry'] === false ? 'failed' : 'queued';
    const values = (body['values'] ?? {}) as Readonly<Record<string, unknown>>; // of a completion
    return Response.json({ trial: idOf(trial.number), number: trial.number, state: trial.state, value: values['accuracy'] ?? null });
  }

  #ask(): object {
    const trial = this.trials.find(({ state }) => state === 'queued');
    if (trial === undefined) {
      const isOpen = this.trials.some(({ state }) => state === 'running');
      return {
        trials: [],
        waiting: { reason: isOpen ? 'budget' : 'ended', detail: 'the study has ended', retryAfterSeconds: isOpen ? 0.01 : null },
      };
    }
    const { number } = trial;
    trial.state = 'running';
    trial.attempt += 1;
    trial.token = `token ${number}.${trial.attempt}`;
    const { parameters = () => ({ x: number / 10 }), leaseSeconds = 60, resumesAfter } = this.#options;
    const lease = { token: trial.token, seconds: leaseSeconds, until: '2026-11-29T12:00:00.000Z' };
    const asked = {
      id: idOf(number),
      studyId,
      number,
      generation: null,
      parameters: parameters(number),
      attempt: trial.attempt,
      lease,
      resume: resumesAfter === undefined ? null : { trialId: idOf(number), number, step: resumesAfter, values: {}, checkpoint: 'store/1' },
      continues: null,
    };
    return { trials: [asked], waiting: null };
  }

  #study(): object {
    const { searchSpace = [{ type: 'float', name: 'x', low: 0, high: 1 }] } = this.#options;
    const metrics = [{ name: 'accuracy', direction: 'maximize' }];
    const finished = this.trials.filter(({ state }) => state === 'completed' || state === 'failed').length;
    return {
      id: studyId,
      spec: { metrics, searchSpace, objective: { type: 'external', metrics } },
      best: finished === 0 ? null : { value: 0.93 },
      progress: { finished, planned: this.trials.length },
    };
  }
}

function idOf(number: number): string {
  return `01900000-0000-7000-8000-${String(number).padStart(12, '0')}`;
}

/** The answer to a refused request. */
export function problem(status: number, code: string, headers: Readonly<Record<string, string>> = {}): Response {
  return Response.json({ code, status, detail: `it is ${code}`, errors: [] }, { status, headers });
}

/** The answer to a heartbeat or report that stops an evaluation. */
export function stop(reason: string): Response {
  return Response.json({ directive: 'stop', reason, detail: `the trial is ${reason}`, leaseUntil: null });
}

/** The answer of a service that is away for a moment. */
export function unavailable(): Response {
  return problem(503, 'service-unavailable', { 'retry-after': '0' });
}
