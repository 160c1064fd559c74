import { once } from 'node:events';
import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { guardedLookup, type Resolve, TargetRefusedError } from './guarded-lookup.ts';
import type { Network } from './networks.ts';
import { targetFault } from './target.ts';

/** Settings of the requests to receivers. */
export interface PostSettings {
  /** Networks beside the public ones to which requests may go. */
  readonly allowed: readonly Network[];
  /** Time limit of an attempt, from the look-up of the name to the end of the answer. Default 15,000. */
  readonly timeoutMs?: number;
  /** Default: the resolver of the system. */
  readonly resolve?: Resolve;
}

/** A request to a receiver. */
export interface Message {
  readonly url: string;
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** The result of an attempt. */
export interface Answer {
  /** True for a complete answer with a status from 200 to 299. */
  readonly ok: boolean;
  /** null: there was no answer. */
  readonly status: number | null;
  /** The reason for a failure, without the address of the receiver, which may be a secret. null: it did not fail. */
  readonly error: string | null;
  /** The first KiB of the answer's body. */
  readonly excerpt: string | null;
  /** Seconds after which the receiver wants the next attempt; null: it named none. */
  readonly askedSeconds: number | null;
  readonly durationMs: number;
}

/** Sends messages to receivers. Disposing it closes the kept connections. */
export interface Poster extends Disposable {
  /** Sends a message once. Never throws: a failure is an answer too. */
  post(message: Message, stop?: AbortSignal): Promise<Answer>;
}

/** Bytes of an answer that are read. */
const excerptBytes = 1024;
/** Time for which an idle connection is kept: below the usual limit of servers, which close theirs after 5 s. */
const idleMs = 4000;
const defaultTimeoutMs = 15_000;

/** Opens the connections to receivers. A connection is kept only to the address that was checked when it was made. */
export function openPoster({ allowed, timeoutMs = defaultTimeoutMs, resolve }: PostSettings): Poster {
  const connections = { lookup: guardedLookup(allowed, resolve), keepAlive: true, timeout: idleMs };
  const agents = { 'http:': new HttpAgent(connections), 'https:': new HttpsAgent(connections) };
  return {
    async post(message, stop) {
      const began = performance.now();
      const limit = AbortSignal.timeout(timeoutMs);
      const signal = stop ? AbortSignal.any([limit, stop]) : limit;
      const answer = await attempt(message, { agents, allowed, signal }).catch((error: unknown) => {
        if (stop?.aborted) return failed('the service stopped before the answer was complete');
        return failed(limit.aborted ? `no complete answer within ${timeoutMs / 1000} seconds` : faultOf(error));
      });
      return { ...answer, durationMs: Math.round(performance.now() - began) };
    },
    [Symbol.dispose]() {
      for (const agent of Object.values(agents)) agent.destroy();
    },
  };
}

type Outcome = Omit<Answer, 'durationMs'>;

interface Means {
  readonly agents: Readonly<Record<'http:' | 'https:', HttpAgent>>;
  readonly allowed: readonly Network[];
  readonly signal: AbortSignal;
}

async function attempt(message: Message, means: Means): Promise<Outcome> {
  // The operator may have withdrawn a network since the webhook was made, and no look-up checks an address that is no name.
  const fault = targetFault(message.url, means.allowed);
  if (fault !== null) return failed(`the address ${fault}`);
  const answer = await sent(message, means);
  return outcomeOf(answer, await excerptOf(answer));
}

/** Resolves with the head of the answer. A kept connection that the receiver closed at the same moment is replaced once. */
async function sent(message: Message, means: Pick<Means, 'agents' | 'signal'>, again = true): Promise<IncomingMessage> {
  const url = new URL(message.url);
  const isSecure = url.protocol === 'https:';
  const headers = { ...message.headers, 'content-length': String(Buffer.byteLength(message.body)) };
  const options = { method: 'POST', headers, signal: means.signal, agent: means.agents[isSecure ? 'https:' : 'http:'] };
  const request = (isSecure ? httpsRequest : httpRequest)(url, options);
  request.on('error', () => undefined); // `once` throws the first; those after the head of the answer are also errors of the answer
  // Node tells of an answer 101 in no other way.
  request.once('upgrade', (_answer, socket) => {
    socket.destroy();
    request.emit('error', new Error('the receiver answered 101, which asks for another protocol'));
  });
  request.end(message.body);
  try {
    const [answer]: IncomingMessage[] = await once(request, 'response', { signal: means.signal });
    if (answer) return answer;
  } catch (error) {
    if (!(again && request.reusedSocket && codeOf(error) === 'ECONNRESET')) throw error;
  }
  return sent(message, means, false);
}

/** Reads the first KiB of a body and gives the rest up. @throws the connection's error when it breaks before that */
async function excerptOf(answer: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = [];
  let size = 0;
  for await (const piece of answer) {
    pieces.push(piece);
    size += piece.length;
    if (size >= excerptBytes) break; // leaving the loop closes the connection
  }
  const text = Buffer.concat(pieces).subarray(0, excerptBytes).toString('utf8');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are removed, because the database stores no U+0000 and terminals obey others
  return text.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, '\ufffd');
}

function outcomeOf({ statusCode = 0, headers }: IncomingMessage, excerpt: string): Outcome {
  const ok = statusCode >= 200 && statusCode < 300;
  const asked = /^\d{1,9}$/.test(headers['retry-after'] ?? '') ? Number(headers['retry-after']) : null;
  return { ok, status: statusCode, error: ok ? null : statusFault(statusCode), excerpt, askedSeconds: asked };
}

function statusFault(status: number): string {
  if (status >= 300 && status < 400)
    return `answered with the redirect ${status}, which is not followed: give the webhook its final address`;
  return `answered with ${status}`;
}

function failed(error: string): Outcome {
  return { ok: false, status: null, error, excerpt: null, askedSeconds: null };
}

/** An error in words. The messages of the system name hosts and addresses, and never a path or a query. */
function faultOf(error: unknown): string {
  if (error instanceof TargetRefusedError) return error.message;
  switch (codeOf(error)) {
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return 'the name of the host cannot be resolved';
    case 'ECONNREFUSED':
      return 'the connection was refused';
    case 'ECONNRESET':
    case 'EPIPE':
      return 'the connection was closed before the answer was complete';
    default:
      return `the request failed: ${error instanceof Error ? error.message : String(error)}`.slice(0, 500);
  }
}

function codeOf(error: unknown): string | null {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : null;
}
