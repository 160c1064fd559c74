import { piecewiseDigestOf } from '../../shared/canonical-pieces.ts';
import { digestOf, type Json } from '../../shared/digest.ts';
import { type ResolvedSpec, resolvedSpecSchema } from './definition.ts';
import { type DefinitionV1, definitionV1Schema, fromDefinitionV1 } from './version-1.ts';

/** The form in which new studies store their definition. */
export const definitionVersion = 2;
/** Every form that can be read. */
export const definitionVersions = [1, 2] as const;
export type DefinitionVersion = (typeof definitionVersions)[number];

/**
 * A definition as it is stored: its text is written once and never again. Digests, event logs and exports are of this
 * text, under any later names of its parts.
 */
export interface StoredDefinition {
  readonly version: DefinitionVersion;
  readonly content: Json;
  /** SHA-256 over the canonical text of `content`. */
  readonly digest: string;
}

/** The definition of a new study as it is stored. */
export function storedDefinition(spec: ResolvedSpec): StoredDefinition {
  return storedAs(definitionVersion, spec);
}

/** The same, which yields to the event loop between the items of its lists: a definition may have thousands of given trials. */
export async function storedInPieces(spec: ResolvedSpec): Promise<StoredDefinition> {
  const content = jsonOf(spec);
  return { version: definitionVersion, content, digest: await piecewiseDigestOf(content) };
}

/** A definition of one of the forms as it is stored. */
export function storedAs(version: 1, definition: DefinitionV1): StoredDefinition;
export function storedAs(version: 2, definition: ResolvedSpec): StoredDefinition;
export function storedAs(version: DefinitionVersion, definition: object): StoredDefinition {
  const content = jsonOf(definition);
  return { version, content, digest: digestOf(content) };
}

function jsonOf(definition: object): Json {
  return JSON.parse(JSON.stringify(definition)); // JSON text parses to JSON, without the properties that are undefined
}

/**
 * Reads a stored definition into the current form. A pure function of version and content: each version is read by its own schema,
 * so that a default of a later one never enters an older definition.
 *
 * @throws ZodError if the content does not match the schema of that version
 */
export function readDefinition(version: DefinitionVersion, content: unknown): ResolvedSpec {
  return version === 1 ? fromDefinitionV1(definitionV1Schema.parse(content)) : resolvedSpecSchema.parse(content);
}
