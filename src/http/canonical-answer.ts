import { once } from 'node:events';
import { PassThrough, type Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { canonicalPieces, type PagedObject } from '../shared/canonical-pieces.ts';
import type { Json } from '../shared/digest.ts';
import { ofUnknownLength, tagOfState, tagRead } from './etag.ts';
import type { ExportPlaces } from './export-places.ts';

/** A document that is made of stored rows, and the reads that see one moment. */
export interface CanonicalDocument<Reader> {
  readonly snapshot: <T>(work: (reader: Reader) => Promise<T>) => Promise<T>;
  /** Differs between any two states of the document with different bytes. */
  readonly state: (reader: Reader) => Promise<Json>;
  readonly document: (reader: Reader) => Promise<PagedObject>;
  readonly places: ExportPlaces;
}

/** Bytes that are made before the client has taken them. */
const bytesAhead = 256 * 1024;
/** Time in ms in which a client must take the bytes that were made ahead. A slower one is given up, since it holds a connection to the database. */
const stallLimitMs = 60_000;

/**
 * Answers with the canonical text of a document, which is made while it is sent, in one snapshot. Its entity tag comes from its state:
 * HEAD and a client that has the document read none of its lists. After an error the connection is destroyed, so that no client takes
 * a part for the whole.
 *
 * @throws HttpProblem `exports-busy` when too many are being sent
 */
export async function answerCanonical<Reader>(
  request: FastifyRequest,
  reply: FastifyReply,
  { snapshot, state, document, places }: CanonicalDocument<Reader>,
): Promise<Readable> {
  const giveBack = await places.take();
  reply.type('application/json; charset=utf-8');
  return new Promise((answer, reject) => {
    const answered = snapshot(async (reader) => {
      const isKnown = tagRead(request, reply, tagOfState(await state(reader)));
      if (isKnown || request.method === 'HEAD') return answer(ofUnknownLength());
      const pieces = canonicalPieces(await document(reader));
      const body = bodyAhead();
      answer(body);
      await send(pieces, body);
    }).finally(giveBack);
    answered.catch(reject); // has no effect once the answer has begun: destroying the body has told Fastify, which logs the error
  });
}

async function send(pieces: AsyncIterable<string>, body: PassThrough): Promise<void> {
  await sendAll(body, (write) => write(pieces));
}

/** Writes pieces into a body as fast as the client takes them. @throws if the client has gone or stalls */
export type WritePieces = (pieces: AsyncIterable<string> | Iterable<string>) => Promise<void>;

/** Sends a body that some work writes, and ends it; after an error of the work it is destroyed, so that no client takes a part for the whole. */
export async function sendAll(body: PassThrough, work: (write: WritePieces) => Promise<void>): Promise<void> {
  const closed = new AbortController();
  body.once('close', () => closed.abort());
  const write: WritePieces = async (pieces) => {
    for await (const piece of pieces) {
      closed.signal.throwIfAborted();
      if (!body.write(piece)) await once(body, 'drain', { signal: AbortSignal.any([closed.signal, AbortSignal.timeout(stallLimitMs)]) });
    }
  };
  try {
    await work(write);
    body.end();
  } catch (error) {
    body.destroy(error instanceof Error ? error : new Error('the document cannot be made', { cause: error }));
    throw error;
  }
}

/** A body that is made a little ahead of its client. */
export function bodyAhead(): PassThrough {
  return new PassThrough({ highWaterMark: bytesAhead });
}
