import { isRecord } from './document-members.ts';

const prefix = '#/components/schemas/';
const inputSuffix = 'Input';

type Schemas = Record<string, unknown>;

/** An import takes what an export gave, so both have one schema: that of the export, in which all defaults are filled in. */
const exportedDocuments: ReadonlyMap<string, string> = new Map(
  ['StudyDocument', 'StudyDocumentV1'].map((name) => [`${name}${inputSuffix}`, name]),
);

/**
 * Simplifies the named schemas of a document. Every schema exists twice, for requests (`XInput`) and for responses (`X`): equal
 * ones are merged under the plain name, and unused schemas are removed.
 */
export function prunedDocument<Document extends object>(document: Document): Document {
  const exported = withoutAliases({ ...document }, exportedDocuments);
  const merged = withoutAliases(exported, inputAliases(schemasOf(exported)));
  const used = reachable(merged, schemasOf(merged));
  const lonely = [...used].filter((name) => name.endsWith(inputSuffix) && !used.has(plainName(name)));
  const renamed = renameReferences(merged, new Map(lonely.map((name) => [name, plainName(name)])));
  const shown = Object.entries(schemasOf(renamed)).filter(([name]) => used.has(name));
  const schemas = Object.fromEntries(
    shown.map(([name, schema]) => [lonely.includes(name) ? plainName(name) : name, schema] as const).sort(byName),
  );
  return describedDefaults({ ...renamed, components: { schemas } });
}

/**
 * Moves the default of each property into its description. Generators of clients take a property with a default as one that is always
 * there, so that every request would have to name it.
 */
function describedDefaults<Value>(value: Value): Value {
  return JSON.parse(JSON.stringify(value), (key, member: unknown) => {
    if (key !== 'properties' || !isRecord(member)) return member;
    return Object.fromEntries(Object.entries(member).map(([name, property]) => [name, withoutDefault(property)]));
  });
}

function withoutDefault(property: unknown): unknown {
  if (!isRecord(property) || !('default' in property)) return property;
  const { default: value, ...schema } = property;
  const text = String(schema['description'] ?? '');
  const isSaid = /\bdefault\b/i.test(text) || (typeof value === 'object' && value !== null);
  return isSaid ? schema : { ...schema, description: `${text} Default: ${String(value)}.`.trimStart() };
}

/** Replaces every alias by its plain name, and removes the alias. */
function withoutAliases<Document extends object>(document: Document, aliases: ReadonlyMap<string, string>): Document {
  const renamed = renameReferences(document, aliases);
  return {
    ...renamed,
    components: { schemas: Object.fromEntries(Object.entries(schemasOf(renamed)).filter(([name]) => !aliases.has(name))) },
  };
}

function plainName(name: string): string {
  return name.slice(0, -inputSuffix.length);
}

function byName([one]: readonly [string, unknown], [other]: readonly [string, unknown]): number {
  return one < other ? -1 : 1;
}

function schemasOf(document: object): Schemas {
  const components: unknown = 'components' in document ? document.components : undefined;
  const schemas: unknown =
    typeof components === 'object' && components !== null && 'schemas' in components ? components.schemas : undefined;
  return { ...(typeof schemas === 'object' ? schemas : undefined) };
}

/** Input schemas that equal the response schema of the same name. Removes those that differ until no reference to one of them is left. */
function inputAliases(schemas: Schemas): Map<string, string> {
  const aliases = new Map<string, string>();
  for (const name of Object.keys(schemas)) {
    if (name.endsWith(inputSuffix) && plainName(name) in schemas) aliases.set(name, plainName(name));
  }
  for (let differing = ['']; differing.length > 0; ) {
    differing = [...aliases]
      .filter(([input, plain]) => textOf(renameReferences(schemas[input], aliases)) !== textOf(schemas[plain]))
      .map(([input]) => input);
    for (const name of differing) aliases.delete(name);
  }
  return aliases;
}

function renameReferences<Value>(value: Value, aliases: ReadonlyMap<string, string>): Value {
  return JSON.parse(JSON.stringify(value), (key, member: unknown) => {
    if (key !== '$ref' || typeof member !== 'string') return member;
    const name = member.slice(prefix.length);
    return prefix + (aliases.get(name) ?? name);
  });
}

/** Names of the schemas that a document refers to, directly or indirectly. */
function reachable(document: object, schemas: Schemas): Set<string> {
  const found = new Set<string>();
  const open: unknown[] = [{ ...document, components: {} }];
  while (open.length > 0) {
    for (const [, name] of JSON.stringify(open.pop() ?? null).matchAll(/"#\/components\/schemas\/([^"]+)"/g)) {
      if (name === undefined || found.has(name)) continue;
      found.add(name);
      open.push(schemas[name]);
    }
  }
  return found;
}

function textOf(value: unknown): string {
  return JSON.stringify(value);
}
