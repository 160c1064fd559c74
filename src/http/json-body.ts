import type { IncomingMessage } from 'node:http';
import type { FastifyInstance } from 'fastify';
import { countedErrors } from '../shared/counted.ts';
import { HttpProblem } from './http-problem.ts';
import { definitionLimits, type JsonLimits, jsonViolations } from './json-violations.ts';

/**
 * Adds the parser of request bodies. It accepts only JSON in UTF-8 and checks it before any schema does. An empty body is undefined,
 * regardless of its type: `curl -d ''` sends the type of a form, and proxies send an empty body in chunks.
 *
 * @param limits limits for the routes of this application or plugin
 */
export function readJsonBodies(
  app: Pick<FastifyInstance, 'removeAllContentTypeParsers' | 'addContentTypeParser'>,
  limits: JsonLimits = definitionLimits,
): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser<Buffer>('application/json', { parseAs: 'buffer' }, async (_request: unknown, body: Buffer) =>
    parseBody(body, limits),
  );
  app.addContentTypeParser('*', (_request: unknown, body: IncomingMessage) => refuseContent(body));
}

/** Resolves where the body is empty. The rest of one that is not is left to Node, which reads and drops it. */
function refuseContent(body: IncomingMessage): Promise<undefined> {
  return new Promise((resolve, reject) => {
    body.once('data', () =>
      reject(new HttpProblem('unsupported-media-type', 'send the body with the header content-type: application/json')),
    );
    body.once('end', () => resolve(undefined));
    body.once('error', reject);
  });
}

/**
 * @throws HttpProblem `malformed-json`; `invalid-request` that lists every violation
 */
export function parseBody(body: Uint8Array, limits: JsonLimits = definitionLimits): unknown {
  if (body.length === 0) return undefined;
  const value = parseJson(body);
  const violations = jsonViolations(value, limits);
  if (violations.length > 0) throw new HttpProblem('invalid-request', `the body has ${countedErrors(violations)}`, violations);
  return value;
}

function parseJson(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch (error) {
    if (error instanceof SyntaxError) throw new HttpProblem('malformed-json', `the body is not JSON: ${error.message}`);
    if (error instanceof TypeError) throw new HttpProblem('malformed-json', 'the body is not UTF-8');
    throw error;
  }
}
