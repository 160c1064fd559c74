import { setTimeout as delay } from 'node:timers/promises';
import type { StormTally } from './storm-tally.ts';

/** Pause before a request is sent again to the other process. */
const pauseMs = 100;
/** Time limit of an answer. */
const answerMs = 40_000;
/** Time for which nothing may answer: a killed process starts within seconds. */
const patienceMs = 60_000;

/** An answer of the service. */
export interface Answer {
  readonly status: number;
  readonly text: string;
}

/** Sends a request until a process answers it. @throws if none does for a minute */
export type Call = (method: 'GET' | 'POST', path: string, body?: object, key?: string) => Promise<Answer>;

/**
 * Makes calls to a service of several processes that are killed: after a connection error, or an answer of 503, the next process is sent
 * the same request. Any other answer of 5xx is a fault of the service.
 */
export function patientCalls(addresses: readonly string[], tally: StormTally): Call {
  let turn = 0;
  return async (method, path, body, key) => {
    const headers = { ...(body && { 'content-type': 'application/json' }), ...(key !== undefined && { 'idempotency-key': key }) };
    for (const end = performance.now() + patienceMs; performance.now() < end; await delay(pauseMs)) {
      turn += 1;
      const address = addresses[turn % addresses.length];
      const answer = await once(`${address}${path}`, { method, headers, ...(body && { body: JSON.stringify(body) }) });
      if (answer && answer.status >= 500 && answer.status !== 503)
        tally.faults.push(`${method} ${path} was answered ${answer.status}: ${answer.text}`);
      if (answer && answer.status < 500) return answer;
      tally.add('retries');
    }
    throw new Error(`${method} ${path} had no answer for ${patienceMs / 1000} s`);
  };
}

/** Sends a request once; null if the connection failed or the answer took too long. */
async function once(url: string, init: RequestInit): Promise<Answer | null> {
  try {
    const response = await fetch(url, { ...init, signal: AbortSignal.timeout(answerMs) });
    return { status: response.status, text: await response.text() };
  } catch (error) {
    if (error instanceof TypeError || (error instanceof DOMException && error.name === 'TimeoutError')) return null;
    throw error;
  }
}

/** Reads the body of an answer that must be a success. */
export function bodyOf<Body>({ status, text }: Answer): Body {
  if (status >= 300) throw new Error(`the answer was ${status}: ${text}`);
  return JSON.parse(text) as Body; // the contract tests check the answers against the OpenAPI document
}
