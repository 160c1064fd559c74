import { z } from 'zod';
import { budgetSchema, labelsSchema, parallelismSchema, type ResolvedSpec } from './definition.ts';

/**
 * Values that were changed after a study was created, each complete and as it is now. The stored definition keeps the values that it
 * was created with.
 */
export const changesSchema = z
  .strictObject({
    budget: budgetSchema.optional(),
    parallelism: parallelismSchema.optional().describe('Limit on open trials.'),
    labels: labelsSchema.optional(),
  })
  .meta({ id: 'StudyChanges', description: 'Values of the definition that were changed after the study was created, as they are now.' });
export type DefinitionChanges = Readonly<z.output<typeof changesSchema>>;

/** The definition that a study has after its changes. */
export function withChanges(spec: ResolvedSpec, changes: DefinitionChanges | null): ResolvedSpec {
  if (changes === null) return spec;
  const { budget, parallelism, labels } = changes;
  return {
    ...spec,
    ...(budget !== undefined && { budget }),
    ...(parallelism !== undefined && { parallelism }),
    ...(labels !== undefined && { labels }),
  };
}

/** Adds changes to earlier ones; null if there is none of either. */
export function addedChanges(earlier: DefinitionChanges | null, later: DefinitionChanges): DefinitionChanges | null {
  const all = { ...earlier, ...later };
  return Object.keys(all).length === 0 ? null : all;
}

/** True if both have the same labels with the same texts. */
export function hasSameLabels(one: Readonly<Record<string, string>>, other: Readonly<Record<string, string>>): boolean {
  const names = Object.keys(one);
  return names.length === Object.keys(other).length && names.every((name) => one[name] === other[name]);
}
