import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';

/**
 * Adds an entity tag, the hash of the bytes, to responses, and answers 304 to a client that already has them. The version of a
 * study is no substitute, because counts change without it. A response with `no-store` gets no tag. HEAD reads no stream.
 */
export async function tagResponse(request: FastifyRequest, reply: FastifyReply, payload: unknown): Promise<unknown> {
  const isHead = request.method === 'HEAD';
  if (isHead && payload instanceof Readable) {
    payload.destroy();
    return ofUnknownLength();
  }
  const isRead = request.method === 'GET' || isHead;
  if (!isRead || reply.statusCode !== 200 || typeof payload !== 'string') return payload;
  if (reply.getHeader('cache-control') === 'no-store') return payload;
  const tag = `"${createHash('sha256').update(payload).digest('base64url')}"`;
  reply.header('etag', tag).header('cache-control', 'no-cache');
  if (!matches(request.headers['if-none-match'], tag)) return payload;
  reply.code(304).removeHeader('content-type').removeHeader('content-length');
  return isHead ? ofUnknownLength() : null;
}

/** A body without a length for HEAD: Fastify measures any other payload, sends `content-length: 0` for an empty one and fails on null. */
function ofUnknownLength(): Readable {
  return Readable.from([]);
}

/** The weak comparison of RFC 9110, section 13.1.2. */
function matches(header: string | undefined, tag: string): boolean {
  if (header === undefined) return false;
  return header.trim() === '*' || header.split(',').some((candidate) => candidate.trim().replace(/^W\//, '') === tag);
}
