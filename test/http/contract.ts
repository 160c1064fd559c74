import { Ajv2020 } from 'ajv/dist/2020.js';
import type { LightMyRequestResponse } from 'fastify';
import { expect } from 'vitest';

/** Holds answers against the OpenAPI document. */
export interface Contract {
  /** Fails the test when the document does not say that this operation answers so. Addresses outside the document pass. */
  check(method: string, url: string, response: LightMyRequestResponse): void;
}

type Operation = { responses: Record<string, { content?: Record<string, unknown>; headers?: Record<string, unknown> }> };

/** Headers that an answer may only have, and then must have, where the document says so. */
const documented = ['ETag', 'Location', 'Retry-After'];

/** @param document an OpenAPI 3.1 document */
export function contractOf(document: object): Contract {
  const { paths } = document as { paths: Record<string, Record<string, Operation>> }; // the document is ours, and validated by its own test
  const ajv = new Ajv2020({ strict: false, validateFormats: false, allErrors: true });
  ajv.addSchema({ ...document, $id: 'api' });
  const patterns = Object.keys(paths).map((path) => ({
    path,
    pattern: new RegExp(`^${path.replaceAll('.', '\\.').replace(/\{\w+\}/g, '[^/]+')}$`),
  }));
  return {
    check(method, url, response) {
      const path = patterns.find(({ pattern }) => pattern.test(url.split('?')[0] ?? ''))?.path;
      const verb = method.toLowerCase();
      const operation = path === undefined ? undefined : paths[path]?.[verb];
      // No operation is reached with another method.
      if (path === undefined || !operation || response.statusCode === 405) return;
      const answer = operation.responses[response.statusCode];
      expect(answer, `${method} ${url} answers ${response.statusCode}, which the document does not have: ${response.body}`).toBeDefined();
      for (const name of documented) {
        const isSent = response.headers[name.toLowerCase()] !== undefined;
        // What has ended need not be read again.
        const isOptional = name === 'Retry-After' && response.statusCode === 200;
        if (isSent || !isOptional) expect(isSent, `${method} ${url}: ${name}`).toBe(name in (answer?.headers ?? {}));
      }
      const type = String(response.headers['content-type'] ?? '').split(';')[0] ?? '';
      if (response.body === '') return expect(answer?.content).toBeUndefined();
      expect(Object.keys(answer?.content ?? {})).toContain(type);
      if (!/json$/.test(type)) return; // a page or a table: its schema says no more than that it is text
      const place = ['paths', path, verb, 'responses', String(response.statusCode), 'content', type, 'schema'].map((part) =>
        part.replaceAll('~', '~0').replaceAll('/', '~1'),
      );
      const validate = ajv.compile({ $ref: `api#/${place.map(encodeURIComponent).join('/')}` });
      expect(validate(response.json()) ? [] : validate.errors, `${method} ${url}: ${response.body.slice(0, 500)}`).toEqual([]);
    },
  };
}
