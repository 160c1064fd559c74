import type { FastifyInstance, FastifyRequest } from 'fastify';
import { bodyLimits, payloadTooLarge } from './body-limits.ts';
import { HttpProblem } from './http-problem.ts';

/**
 * Checks the headers and the query of a request before its body is read. Node itself would reject a missing Host and an unknown
 * Expect without a problem document, so the server must be created with `requireHostHeader: false`. A client that waits for
 * `100 Continue` gets it if the headers are right; otherwise it gets the problem and need not send the body.
 */
export function checkRequests(app: FastifyInstance): void {
  for (const event of ['checkContinue', 'checkExpectation'])
    app.server.on(event, (request, response) => app.server.emit('request', request, response));
  app.addHook('onRequest', async (request) => {
    checkHost(request);
    checkExpectation(request);
    checkQuery(request);
  });
  // Runs after the check of path and method.
  app.addHook('preParsing', async (request, reply) => {
    checkEncoding(request);
    if (request.headers.expect === undefined) return;
    checkLength(request);
    reply.raw.writeContinue();
  });
}

/** RFC 9112, section 3.2. */
function checkHost({ headers, raw }: FastifyRequest): void {
  if (raw.rawHeaders.filter((name, index) => index % 2 === 0 && name.toLowerCase() === 'host').length > 1)
    throw new HttpProblem('malformed-http', 'the request has more than one header Host');
  if (headers.host === undefined && raw.httpVersion === '1.1') throw new HttpProblem('malformed-http', 'the request has no header Host');
}

function checkExpectation({ headers: { expect } }: FastifyRequest): void {
  if (expect !== undefined && expect.trim().toLowerCase() !== '100-continue')
    throw new HttpProblem('expectation-failed', `the expectation ${expect} cannot be met; only 100-continue is supported`);
}

/** The query parser would keep a part that it cannot decode as it is. */
function checkQuery({ url }: FastifyRequest): void {
  const start = url.indexOf('?');
  if (start < 0) return;
  try {
    decodeURIComponent(url.slice(start));
  } catch (error) {
    if (error instanceof URIError) throw new HttpProblem('malformed-url', 'the query cannot be decoded');
    throw error;
  }
}

function checkLength({ headers, routeOptions: { bodyLimit } }: FastifyRequest): void {
  if (Number(headers['content-length'] ?? 0) > (bodyLimit ?? bodyLimits.other)) throw payloadTooLarge(bodyLimit);
}

function checkEncoding({ headers, method }: FastifyRequest): void {
  const encoding = headers['content-encoding'];
  if (method === 'GET' || method === 'HEAD' || encoding === undefined || encoding.trim().toLowerCase() === 'identity') return;
  throw new HttpProblem('unsupported-media-type', `the body has the content-encoding ${encoding}; send it without content-encoding`);
}
