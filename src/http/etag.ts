import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { canonicalText, type Json } from '../shared/digest.ts';

declare module 'fastify' {
  interface FastifyReply {
    /** The part of a resource that requests change, where other parts change by themselves; null: any change counts for If-Match. */
    editable: object | null;
  }
}

/** Adds entity tags to the responses of an application. */
export function tagResponses(app: FastifyInstance): void {
  app.decorateReply('editable', null);
  app.addHook('onSend', tagResponse);
}

/**
 * Adds an entity tag, the hash of the bytes, to responses, and answers 304 to a client that already has them. The version of a
 * study is no substitute, because counts change without it. A response with `no-store` gets no tag, and a stream only that of its
 * route; HEAD reads no stream. The tag of a resource with an editable part begins with the hash of that part: If-None-Match compares the
 * whole tag, If-Match the beginning.
 */
async function tagResponse(request: FastifyRequest, reply: FastifyReply, payload: unknown): Promise<unknown> {
  const isHead = request.method === 'HEAD';
  if (isHead && payload instanceof Readable) {
    payload.destroy();
    return ofUnknownLength();
  }
  const isRead = request.method === 'GET' || isHead;
  if (typeof payload !== 'string' || reply.getHeader('cache-control') === 'no-store') return payload;
  const tag = reply.editable === null ? tagOf(payload) : `"${hashOf(JSON.stringify(reply.editable))}.${hashOf(payload)}"`;
  // A resource that is new or changed has the tag that the next read of it would have.
  if (reply.statusCode === 201 || (request.method === 'PATCH' && reply.statusCode === 200)) reply.header('etag', tag);
  if (!isRead || reply.statusCode !== 200) return payload;
  if (!tagRead(request, reply, tag)) return payload;
  return isHead ? ofUnknownLength() : null;
}

/** Adds an entity tag to the response to a read. @returns true if the client has these bytes: the response is then a 304 without a body */
export function tagRead({ headers }: FastifyRequest, reply: FastifyReply, tag: string): boolean {
  reply.header('etag', tag).header('cache-control', 'no-cache');
  if (!matchesTag(headers['if-none-match'], tag)) return false;
  reply.code(304).removeHeader('content-type').removeHeader('content-length');
  return true;
}

/** A body without contents or length, for HEAD and 304: Fastify measures any other payload, sends `content-length: 0` for an empty one and fails on null. */
export function ofUnknownLength(): Readable {
  return Readable.from([]);
}

/** The entity tag of a response whose bytes depend on this state alone. */
export function tagOfState(state: Json): string {
  return tagOf(canonicalText(state));
}

/** The entity tag of a body. */
export function tagOf(text: string): string {
  return `"${hashOf(text)}"`;
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('base64url');
}

/**
 * True if an If-None-Match or If-Match names the tag. The comparison is weak: RFC 9110, section 13.1.2, demands that for If-None-Match.
 * For If-Match it is as safe as a strong one: only compression makes our tags weak, and the tag is that of the uncompressed bytes.
 */
export function matchesTag(header: string | undefined, tag: string): boolean {
  return namesTag(header, (candidate) => candidate === tag);
}

/** True if an If-Match names a tag of a resource with this editable part. The rest of the resource does not count. */
export function matchesEditable(header: string | undefined, editable: object): boolean {
  const beginning = `"${hashOf(JSON.stringify(editable))}.`;
  return namesTag(header, (candidate) => candidate.startsWith(beginning));
}

function namesTag(header: string | undefined, isNamed: (candidate: string) => boolean): boolean {
  if (header === undefined) return false;
  return header.trim() === '*' || header.split(',').some((candidate) => isNamed(candidate.trim().replace(/^W\//, '')));
}
