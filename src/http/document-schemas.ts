const prefix = '#/components/schemas/';
const inputSuffix = 'Input';

type Schemas = Record<string, unknown>;

/**
 * Tidies the named schemas of a document. Every schema comes twice, as it is read (`XInput`) and as it is sent (`X`): where
 * both say the same one is left, under the plain name, and schemas that nothing refers to go.
 */
export function prunedDocument<Document extends object>(document: Document): Document {
  const merged = withoutTwins({ ...document }, inputAliases(schemasOf(document)));
  const used = reachable(merged, schemasOf(merged));
  const lonely = [...used].filter((name) => name.endsWith(inputSuffix) && !used.has(plainName(name)));
  const renamed = renameReferences(merged, new Map(lonely.map((name) => [name, plainName(name)])));
  const shown = Object.entries(schemasOf(renamed)).filter(([name]) => used.has(name));
  const schemas = Object.fromEntries(
    shown.map(([name, schema]) => [lonely.includes(name) ? plainName(name) : name, schema] as const).sort(byName),
  );
  return { ...renamed, components: { schemas } };
}

/** Refers to the plain twin of every alias, and drops the alias. */
function withoutTwins<Document extends object>(document: Document, aliases: ReadonlyMap<string, string>): Document {
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

/** Input schemas that say the same as their twin: those that differ are taken out until the rest refers to nothing that differs. */
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

/** The names that a document refers to, directly or through the schemas it refers to. */
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
