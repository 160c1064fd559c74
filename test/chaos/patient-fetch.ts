import { setTimeout as delay } from 'node:timers/promises';
import type { Journal } from './journal.ts';

/** Time limit of an answer, after which the next process is asked, because this one may be stopped. */
const answerSeconds = 8;
/** Time limit of a verification, which reads a whole study. */
const proofSeconds = 60;
const patienceSeconds = 240;

/** No process answered. */
export class ApiLostError extends Error {
  override readonly name = 'ApiLostError';
}

/**
 * Makes a `fetch` for clients of a service whose processes die. It repeats idempotent requests to the next process until
 * there is an answer. It sends requests that create something once, and throws if there is no answer. An answer of 5xx,
 * except 503, is recorded as a difference.
 *
 * @param addresses addresses of the processes, such as `http://127.0.0.1:8080`, which replace the client's base address
 */
export function patientFetch(addresses: readonly string[], where: { readonly name: string; readonly journal: Journal }): typeof fetch {
  let turn = 0;
  const once = async (path: string, init: RequestInit | undefined): Promise<Response> => {
    turn += 1;
    const seconds = path.endsWith('/verify') ? proofSeconds : answerSeconds;
    const response = await fetch(`${addresses[turn % addresses.length]}${path}`, { ...init, signal: AbortSignal.timeout(seconds * 1000) });
    const text = await response.text(); // read here, because the process may die in the middle of it
    if (response.status >= 500 && response.status !== 503) {
      const what = `${init?.method ?? 'GET'} ${pathOf(path)} was answered ${response.status}: ${detailOf(text)}`;
      where.journal.differ({ where: where.name, what, see: 'the logs of its api processes' });
    }
    return new Response(response.status === 204 ? null : text, { status: response.status, headers: response.headers });
  };
  return async (input, init) => {
    const { pathname, search } = new URL(String(input));
    const path = `${pathname}${search}`;
    if (!mayBeRepeated(init?.method ?? 'GET', path)) return refuseFault(await once(path, init));
    for (const end = performance.now() + patienceSeconds * 1000; performance.now() < end; await delay(250)) {
      const response = await once(path, init).catch((error: unknown) => lost(error));
      if (response && response.status < 500) return response;
    }
    throw new ApiLostError(`${path} had no answer for ${patienceSeconds} s`);
  };
}

/** Transitions are idempotent: they lead to a state. */
function mayBeRepeated(method: string, path: string): boolean {
  return method === 'GET' || /\/(pause|resume|cancel|verify)$/.test(path);
}

/** `fetch` rejects with a TypeError when the connection fails, and with its signal's reason when that is aborted first. */
function lost(error: unknown): null {
  if (error instanceof TypeError || (error instanceof DOMException && error.name === 'TimeoutError')) return null;
  throw error;
}

function refuseFault(response: Response): Response {
  if (response.status >= 500) throw new ApiLostError(`the answer was ${response.status}`);
  return response;
}

/** Removes the parts that differ from request to request. */
function pathOf(path: string): string {
  return path.replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/g, '…');
}

function detailOf(text: string): string {
  return /"detail": ?"([^"]*)"/.exec(text)?.[1] ?? text.slice(0, 200);
}
