import { Ajv2020 } from 'ajv/dist/2020.js';
import { beforeAll, describe, expect, it } from 'vitest';
import { scopes } from '../../../src/access/scope.ts';
import { renderOpenApi } from '../../../src/http/openapi.ts';
import { at, isRecord, list, type PlacedSchema, record, schemasOf } from './rules.ts';

// The examples of its answers (openapi/examples.json) are of every objective.
let document: Record<string, unknown>;
let schemas: PlacedSchema[];
let operations: { id: string; operation: Record<string, unknown> }[];
beforeAll(async () => {
  document = JSON.parse(await renderOpenApi());
  schemas = schemasOf(document);
  operations = Object.values(record(document['paths'])).flatMap((path) =>
    Object.values(record(path)).map((operation) => ({ id: String(at(operation, 'operationId')), operation: record(operation) })),
  );
});

const placesOf = (wrong: (found: PlacedSchema) => boolean): string[] => [...new Set(schemas.filter(wrong).map(({ place }) => place))];

/** The description of a schema: its own, or that of the only schema beside null. */
function descriptionOf(schema: unknown): string {
  if (!isRecord(schema)) return '';
  if (typeof schema['description'] === 'string') return schema['description'];
  if (typeof schema['$ref'] === 'string') return descriptionOf(at(document, ...schema['$ref'].slice(2).split('/')));
  const choices = list(schema['anyOf']).filter((choice) => at(choice, 'type') !== 'null');
  return choices.length === 1 ? descriptionOf(choices[0]) : '';
}

describe('every part of the document is described', () => {
  it('named schemas and their properties', () => {
    expect(placesOf(({ schema, named }) => named && descriptionOf(schema) === '')).toEqual([]);
    const properties = schemas.flatMap(({ place, schema }) =>
      Object.entries(record(schema['properties'])).map(([key, member]) => ({ place: `${place}.${key}`, member })),
    );
    const constants = properties.filter(({ member }) => at(member, 'const') === undefined);
    expect(constants.filter(({ member }) => descriptionOf(member) === '').map(({ place }) => place)).toEqual([]);
  });

  it('each value of an enumeration, for people and for tools', () => {
    const wrong = ({ schema }: PlacedSchema): boolean => {
      if (schema['enum'] === undefined) return false;
      const values = list(schema['enum']).map(String);
      const meanings = record(schema['x-enumDescriptions']);
      const listed = Object.keys(meanings).sort().join() === [...values].sort().join();
      return !listed || values.some((value) => !meanings[value]);
    };
    expect(placesOf(wrong)).toEqual([]);
  });

  it('parameters, operations, answers and tags', () => {
    const tags = list(document['tags']);
    expect(tags.filter((tag) => !at(tag, 'description'))).toEqual([]);
    const known = new Set(tags.map((tag) => at(tag, 'name')));
    for (const { id, operation } of operations) {
      expect(operation['summary'], id).toBeTruthy();
      expect(
        list(operation['tags']).filter((tag) => !known.has(tag)),
        id,
      ).toEqual([]);
      for (const parameter of list(operation['parameters']))
        expect(
          at(parameter, 'description') ?? descriptionOf(at(parameter, 'schema')),
          `${id} ${String(at(parameter, 'name'))}`,
        ).toBeTruthy();
      for (const response of Object.values(record(operation['responses']))) expect(at(response, 'description'), id).toBeTruthy();
    }
  });
});

it('an operation says the right that it needs, in its security and in words; the probes need no key', () => {
  const without = operations.filter(({ operation }) => at(operation, 'security') === undefined).map(({ id }) => id);
  expect(without.sort()).toEqual(['getCaller', 'getMetrics', 'getOpenApi', 'getRoot']); // any key: that of the whole document
  const open = operations.filter(({ operation }) => list(at(operation, 'security') ?? [{}]).length === 0).map(({ id }) => id);
  expect(open.sort()).toEqual(['getHealth', 'getReadiness']);
  for (const { id, operation } of operations.filter((one) => ![...without, ...open].includes(one.id))) {
    const [right] = list(at(list(operation['security'])[1], 'bearerAuth'));
    expect(scopes, id).toContain(right);
    expect(String(operation['description']), id).toContain(`Needs a key with the right \`${String(right)}\``);
  }
});

it('an operation that creates or raises takes an Idempotency-Key, and so does one that gives out trials', () => {
  const keyed = operations.filter(({ operation }) => list(operation['parameters']).some((one) => at(one, 'name') === 'Idempotency-Key'));
  const refusing = operations.filter(({ operation }) => String(at(operation, 'responses', '422', 'description')).includes('`key-reused`'));
  const giving = operations.filter(({ id }) => id === 'askStudy' || id === 'askAny');
  expect(keyed.map(({ id }) => id).sort()).toEqual([...refusing, ...giving].map(({ id }) => id).sort());
  // A key and a webhook have a secret that cannot be shown again; a project of the same name is refused.
  const exceptions = ['createKey', 'createProject', 'createWebhook'];
  const creating = operations.filter(({ id, operation }) => at(operation, 'responses', '201') !== undefined && !exceptions.includes(id));
  expect(keyed).toEqual(expect.arrayContaining(creating));
});

describe('generators of clients can express every schema', () => {
  it('no tuple, and no schema that is only true or false', () => {
    expect(placesOf(({ schema }) => schema['prefixItems'] !== undefined || schema['items'] === false)).toEqual([]);
  });

  it('no property has a default: clients would have to send it; the description says it', () => {
    const properties = schemas.flatMap(({ place, schema }) =>
      Object.entries(record(schema['properties'])).map(([key, member]) => ({ place: `${place}.${key}`, member })),
    );
    expect(properties.filter(({ member }) => at(member, 'default') !== undefined).map(({ place }) => place)).toEqual([]);
  });

  it('every object with properties has a name', () => {
    expect(placesOf(({ schema, named }) => schema['properties'] !== undefined && !named)).toEqual([]);
  });

  it('every pattern means the same in JavaScript, Python and Rust', () => {
    const special = /\\[pPXuU]\{|\\u[dD][89a-fA-F]|\(\?[<!]/;
    expect(placesOf(({ schema }) => special.test(String(schema['pattern'] ?? '')))).toEqual([]);
  });

  it('operations have different names, which never change (clients are generated from them)', () => {
    const ids = operations.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.filter((id) => !/^[a-z][A-Za-z]+$/.test(id))).toEqual([]);
  });
});

it('a number has the limits that it keeps: none is as low as the least safe integer, and counts are not negative', () => {
  const exceptions = /\.(low|high|step|priority)$/; // ends of parameters and priorities may be negative
  expect(
    placesOf(
      ({ place, schema }) =>
        schema['type'] === 'integer' && !exceptions.test(place) && !(Number(schema['minimum'] ?? schema['exclusiveMinimum']) >= 0),
    ),
  ).toEqual([]);
});

describe('examples', () => {
  it('every answer in JSON has one, and each is what its schema says', () => {
    const ajv = new Ajv2020({ strict: false, validateFormats: false, allErrors: true });
    ajv.addSchema({ ...document, $id: 'api' });
    const without: string[] = [];
    const invalid: unknown[] = [];
    for (const { id, operation } of operations) {
      const bodies = [['request', operation['requestBody']], ...Object.entries(record(operation['responses']))] as const;
      for (const [name, body] of bodies) {
        for (const [type, media] of Object.entries(record(at(body, 'content')))) {
          const referred = Object.values(record(at(media, 'examples'))).map((one) => {
            const reference = at(one, '$ref');
            return typeof reference === 'string' ? at(document, ...reference.slice(2).split('/'), 'value') : at(one, 'value');
          });
          const examples = [...(at(media, 'example') === undefined ? [] : [at(media, 'example')]), ...referred];
          if (/json$/.test(type) && name !== 'request' && examples.length === 0) without.push(`${id} ${String(name)}`);
          const validate = ajv.compile(inDocument(at(media, 'schema')));
          for (const example of examples) if (!validate(example)) invalid.push([id, name, validate.errors]);
        }
      }
    }
    expect(without.filter((answer) => answer !== 'getOpenApi 200')).toEqual([]); // this document
    expect(invalid).toEqual([]);
  });
});

/** The schema with references that are found from outside of the document. */
function inDocument(schema: unknown): Record<string, unknown> {
  return JSON.parse(JSON.stringify(schema ?? {}).replaceAll('"#/components', '"api#/components'));
}

it('names what a client must know first: servers, licence, and that a key may be needed', () => {
  expect(document).toMatchObject({
    openapi: '3.1.0',
    servers: [{ url: '/' }],
    security: [{}, { bearerAuth: [] }],
    components: { securitySchemes: { bearerAuth: { type: 'http', scheme: 'bearer' } } },
    info: { license: { identifier: 'Apache-2.0' } },
  });
});
