import { pipeline, Readable, type Transform } from 'node:stream';
import { promisify } from 'node:util';
import { brotliCompress, constants, createBrotliCompress, createGzip, gzip } from 'node:zlib';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ofUnknownLength } from './etag.ts';
import { variesBy } from './vary.ts';

/** Bodies of fewer bytes are sent as they are. */
const smallest = 1024;
/** Levels of compression: close to the smallest size, in a fraction of the time that it takes. */
const brotliOptions = { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } };
const gzipOptions = { level: 5 };

/** A stream is flushed with each chunk: brotli alone sends nothing for the first megabytes. */
const codecs = {
  br: {
    whole: (body: string | Buffer) => promisify(brotliCompress)(body, brotliOptions),
    stream: () => createBrotliCompress({ ...brotliOptions, flush: constants.BROTLI_OPERATION_FLUSH }),
  },
  gzip: {
    whole: (body: string | Buffer) => promisify(gzip)(body, gzipOptions),
    stream: () => createGzip({ ...gzipOptions, flush: constants.Z_SYNC_FLUSH }),
  },
} as const satisfies Record<string, { whole: (body: string | Buffer) => Promise<Buffer>; stream: () => Transform }>;

/** A stream of events is not: a thousand open ones would take the memory of a thousand codecs. */
const compressible = /^text\/(?!event-stream)|[/+](?:json|javascript|xml)\b/;

/**
 * Compresses the body of a response if the client accepts that. Responses that could be compressed have `Vary: accept-encoding` in any
 * case. The entity tag becomes weak, because other bytes have the same meaning. HEAD gets the headers of GET without the length.
 */
export async function compressResponse(request: FastifyRequest, reply: FastifyReply, payload: unknown): Promise<unknown> {
  if (reply.statusCode === 304) return unchanged(request, reply, payload);
  if (!canBeCompressed(reply, payload)) return payload;
  variesBy(reply, 'accept-encoding');
  const encoding = encodingFor(request);
  if (encoding === null || isSmall(reply, payload)) return payload;
  const { whole, stream } = codecs[encoding];
  weakenTag(reply);
  reply.header('content-encoding', encoding).removeHeader('content-length').removeHeader('accept-ranges');
  if (request.method === 'HEAD') {
    if (payload instanceof Readable) payload.destroy();
    return ofUnknownLength();
  }
  if (!(payload instanceof Readable)) return whole(payload);
  // The error of either ends both; Fastify logs it and ends the connection.
  return pipeline(payload, stream(), () => undefined);
}

function encodingFor(request: FastifyRequest): keyof typeof codecs | null {
  const encoding = request.encoding(['br', 'gzip', 'identity']);
  return encoding === 'br' || encoding === 'gzip' ? encoding : null;
}

function canBeCompressed(reply: FastifyReply, payload: unknown): payload is string | Buffer | Readable {
  if (reply.statusCode === 206 || reply.hasHeader('content-encoding')) return false;
  const isBody = typeof payload === 'string' || Buffer.isBuffer(payload) || payload instanceof Readable;
  return isBody && compressible.test(String(reply.getHeader('content-type') ?? ''));
}

/** A stream is large unless it says its length. */
function isSmall(reply: FastifyReply, payload: string | Buffer | Readable): boolean {
  const length = payload instanceof Readable ? reply.getHeader('content-length') : Buffer.byteLength(payload);
  return length !== undefined && Number(length) < smallest;
}

/** The tag of a 304 is that of the response which the client has. */
function unchanged(request: FastifyRequest, reply: FastifyReply, payload: unknown): unknown {
  variesBy(reply, 'accept-encoding');
  const known = request.headers['if-none-match'] ?? '';
  if (encodingFor(request) !== null && known.includes(weak(String(reply.getHeader('etag'))))) weakenTag(reply);
  return payload;
}

function weakenTag(reply: FastifyReply): void {
  const tag = reply.getHeader('etag');
  if (typeof tag === 'string') reply.header('etag', weak(tag));
}

function weak(tag: string): string {
  return tag.startsWith('W/') ? tag : `W/${tag}`;
}
