/** A schema of a document, with its place in words. */
export interface PlacedSchema {
  readonly place: string;
  readonly schema: Record<string, unknown>;
  /** True for a member of `components.schemas`. */
  readonly named: boolean;
}

/** Every schema of a document: the named ones, those of parameters, bodies and answers, and all within them. */
export function schemasOf(document: unknown): PlacedSchema[] {
  const named = Object.entries(record(at(document, 'components', 'schemas')));
  const operations = Object.values(record(at(document, 'paths'))).flatMap((path) => Object.values(record(path)));
  const inline = operations.flatMap((operation) => {
    const id = String(at(operation, 'operationId'));
    const parameters = list(at(operation, 'parameters')).map((one): [string, unknown] => [
      `${id} ${String(at(one, 'name'))}`,
      at(one, 'schema'),
    ]);
    const contents = [at(operation, 'requestBody'), ...Object.values(record(at(operation, 'responses')))];
    const bodies = contents.flatMap((one) =>
      Object.entries(record(at(one, 'content'))).map(([type, media]): [string, unknown] => [`${id} ${type}`, at(media, 'schema')]),
    );
    return [...parameters, ...bodies];
  });
  return [
    ...named.flatMap(([name, schema]) => within(name, schema, true)),
    ...inline.flatMap(([place, schema]) => within(place, schema, false)),
  ];
}

function within(place: string, schema: unknown, named: boolean): PlacedSchema[] {
  if (!isRecord(schema)) return [];
  const members = [
    ...Object.entries(record(schema['properties'])).map(([key, member]): [string, unknown] => [`${place}.${key}`, member]),
    ...['anyOf', 'oneOf', 'allOf', 'prefixItems'].flatMap((key) =>
      list(schema[key]).map((one, index): [string, unknown] => [`${place} ${key} ${index}`, one]),
    ),
    ...['items', 'additionalProperties', 'propertyNames', 'not'].map((key): [string, unknown] => [`${place} ${key}`, schema[key]]),
  ];
  return [{ place, schema, named }, ...members.flatMap(([inner, member]) => within(inner, member, false))];
}

/** The member at a path of keys; undefined where there is none. */
export function at(value: unknown, ...keys: string[]): unknown {
  return keys.reduce<unknown>((found, key) => (isRecord(found) ? found[key] : undefined), value);
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function record(value: unknown): Record<string, unknown> {
  return isRecord(value) ? value : {};
}

export function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}
