import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
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

function isOptional(header: unknown): boolean {
  return typeof header === 'object' && header !== null && 'required' in header && header.required === false;
}

/** @param document an OpenAPI 3.1 document */
export function contractOf(document: object): Contract {
  const { paths } = document as { paths: Record<string, Record<string, Operation>> }; // the document is ours, and validated by its own test
  const ajv = new Ajv2020({ strict: false, validateFormats: false, allErrors: true });
  ajv.addSchema({ ...document, $id: 'api' });
  const patterns = Object.keys(paths).map((path) => ({
    path,
    pattern: new RegExp(`^${path.replaceAll('.', '\\.').replace(/\{\w+\}/g, '[^/]+')}$`),
  }));
  const compiled = new Map<string, ValidateFunction>();
  /** A validator of a place in the document, which is compiled once: that takes longer than most requests. */
  const validatorOf = (place: readonly string[]): ValidateFunction => {
    const $ref = `api#/${place.map((part) => encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1'))).join('/')}`;
    const validate = compiled.get($ref) ?? ajv.compile({ $ref });
    compiled.set($ref, validate);
    return validate;
  };
  return {
    check(method, url, response) {
      const path = patterns.find(({ pattern }) => pattern.test(url.split('?')[0] ?? ''))?.path;
      const verb = method.toLowerCase();
      const operation = path === undefined ? undefined : paths[path]?.[verb];
      // No operation is reached with another method.
      if (path === undefined || !operation || response.statusCode === 405) return;
      const answer = operation.responses[response.statusCode];
      expect(answer, `${method} ${url} answers ${response.statusCode}, which the document does not have: ${response.body}`).toBeDefined();
      for (const name of documented.filter((header) => !isOptional(answer?.headers?.[header])))
        expect(response.headers[name.toLowerCase()] !== undefined, `${method} ${url}: ${name}`).toBe(name in (answer?.headers ?? {}));
      const type = String(response.headers['content-type'] ?? '').split(';')[0] ?? '';
      if (response.body === '') return expect(answer?.content).toBeUndefined();
      expect(Object.keys(answer?.content ?? {})).toContain(type);
      if (!/[/+]json$/.test(type)) return; // a page, a table or lines: its schema says no more than that it is text
      const validate = validatorOf(['paths', path, verb, 'responses', String(response.statusCode), 'content', type, 'schema']);
      expect(validate(response.json()) ? [] : validate.errors, `${method} ${url}: ${response.body.slice(0, 500)}`).toEqual([]);
    },
  };
}
