import { setTimeout as delay } from 'node:timers/promises';
import type { Journal } from './journal.ts';

/** An answer that takes longer is asked for from the next process: this one may be stopped. */
const answerSeconds = 8;
/** Proofs read a whole study. */
const proofSeconds = 60;
const patienceSeconds = 240;

/** No process answered. */
export class ApiLostError extends Error {
  override readonly name = 'ApiLostError';
}

/**
 * A `fetch` for clients of a service whose processes die: what may be asked twice is asked again, of the next process, until
 * there is an answer. What creates something is asked once, and throws where no answer came. Answers of 5xx, but for 503, are differences.
 *
 * @param addresses of the processes, such as `http://127.0.0.1:8080`; whatever host the client believes in is replaced
 */
export function patientFetch(addresses: readonly string[], where: { readonly name: string; readonly journal: Journal }): typeof fetch {
  let turn = 0;
  const once = async (path: string, init: RequestInit | undefined): Promise<Response> => {
    turn += 1;
    const seconds = path.endsWith('/verify') ? proofSeconds : answerSeconds;
    const response = await fetch(`${addresses[turn % addresses.length]}${path}`, { ...init, signal: AbortSignal.timeout(seconds * 1000) });
    const text = await response.text(); // Here, as the process may die in the middle of it.
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

/** Moves lead to a state, whoever asked before. */
function mayBeRepeated(method: string, path: string): boolean {
  return method === 'GET' || /\/(pause|resume|cancel|verify)$/.test(path);
}

/** `fetch` rejects with a TypeError where the connection failed, and as its signal does where that came first. */
function lost(error: unknown): null {
  if (error instanceof TypeError || (error instanceof DOMException && error.name === 'TimeoutError')) return null;
  throw error;
}

function refuseFault(response: Response): Response {
  if (response.status >= 500) throw new ApiLostError(`the answer was ${response.status}`);
  return response;
}

/** Without what differs from request to request. */
function pathOf(path: string): string {
  return path.replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/g, '…');
}

function detailOf(text: string): string {
  return /"detail": ?"([^"]*)"/.exec(text)?.[1] ?? text.slice(0, 200);
}
