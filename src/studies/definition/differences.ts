import { canonicalText, digestOf } from '../../shared/digest.ts';
import type { ResolvedSpec } from './definition.ts';

/** A value in a definition that is neither a list nor an object. */
export type DefinitionValue = string | number | boolean;

/** A key whose value is not the same in all of some definitions. */
export interface DefinitionDifference {
  /** The names on the way to it, joined by points; items with a name are found by it: `searchSpace.learningRate.low`. */
  readonly key: string;
  /** The value in each definition, in their order; null in one that does not have the key. */
  readonly values: readonly (DefinitionValue | null)[];
}

/** Lists with more items are compared as a whole. */
const mostItems = 20;

/**
 * Finds the keys in which definitions differ, those of one part of a definition together. Names are no difference: every study has its
 * own.
 */
export function definitionDifferences(specs: readonly ResolvedSpec[]): DefinitionDifference[] {
  const flat = specs.map(({ name: _, ...spec }) => new Map(valuesIn(spec, '')));
  const keys = [...new Set(flat.flatMap((values) => [...values.keys()]))];
  const parts = [...new Set(keys.map(partOf))];
  return parts
    .flatMap((part) => keys.filter((key) => partOf(key) === part))
    .map((key) => ({ key, values: flat.map((values) => values.get(key) ?? null) }))
    .filter(({ values: [first, ...others] }) => others.some((value) => value !== first));
}

function partOf(key: string): string {
  return key.split('.', 1)[0] ?? key;
}

function* valuesIn(value: unknown, key: string): Generator<[string, DefinitionValue]> {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') yield [key, value];
  else if (Array.isArray(value)) yield* itemsIn(value, key);
  else if (typeof value === 'object' && value !== null)
    for (const [name, member] of Object.entries(value)) yield* valuesIn(member, key === '' ? name : `${key}.${name}`);
}

/** Items that all have names, such as parameters, are compared by name, and their order is a value of its own. */
function* itemsIn(items: readonly unknown[], key: string): Generator<[string, DefinitionValue]> {
  const names = items.flatMap((item) => nameOf(item) ?? []);
  if (items.length > 0 && names.length === items.length) {
    yield [key, names.join(', ')];
    for (const item of items) yield* valuesIn(withoutName(item), `${key}.${nameOf(item)}`);
  } else if (items.length > mostItems) yield [key, `${items.length} items with the SHA-256 ${digestOf(items)}`];
  else if (items.every((item) => typeof item !== 'object')) yield [key, listText(items)];
  else for (const [index, item] of items.entries()) yield* valuesIn(item, `${key}.${index}`);
}

/** The texts of two lists are equal only if the lists are: a text that could be taken for something else is in quotation marks. */
function listText(items: readonly unknown[]): string {
  const plain = items.every(
    (item) => typeof item !== 'string' || (/^[\p{L}_][\p{L}\p{N}_.-]*$/u.test(item) && !/^(true|false|null)$/.test(item)),
  );
  return plain ? items.join(', ') : canonicalText(items);
}

function nameOf(item: unknown): string | null {
  return typeof item === 'object' && item !== null && 'name' in item && typeof item.name === 'string' ? item.name : null;
}

function withoutName(item: unknown): unknown {
  return typeof item === 'object' && item !== null ? { ...item, name: undefined } : item;
}
