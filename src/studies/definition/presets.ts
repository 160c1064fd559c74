import { definitionsOf } from '../../objectives/table.ts';
import { DomainError } from '../../shared/errors.ts';
import { type StudySpec, studySpecSchema } from './definition.ts';
import { isOtherType, overridden } from './overrides.ts';

/** A named study definition. */
export interface Preset {
  readonly name: string;
  /** One plain sentence. */
  readonly summary: string;
  /** As a client would write it. */
  readonly spec: Readonly<Record<string, unknown>>;
}

/** Every preset: those of all objectives. */
export const presets: readonly Preset[] = definitionsOf('studyPresets').map(({ name, summary, definition }) => ({
  name,
  summary,
  spec: definition,
}));

/** Parts of a definition that are merged key by key; anything else replaces the preset's. */
const merged = ['sampler', 'budget', 'retries', 'objective', 'labels'] as const;

/**
 * A study definition from a preset and the overrides of the request. A sampler of another type replaces the preset's completely,
 * and its budget too, because generations mean nothing to another sampler. The request must then give a budget.
 *
 * @param overrides any keys of a study definition, unchecked
 * @returns an unchecked definition: pass it through `studySpecSchema`
 * @throws DomainError `preset-not-found`
 */
export function expandPreset(name: string, overrides: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const preset = presets.find((candidate) => candidate.name === name);
  if (!preset)
    throw new DomainError('preset-not-found', `there is no preset ${name}; there are ${presets.map((known) => known.name).join(', ')}`);
  const spec: Record<string, unknown> = { ...preset.spec };
  if (isOtherType(spec['sampler'], overrides['sampler'])) delete spec['budget'];
  return overridden(spec, overrides, merged);
}

/** The definition of a preset with its defaults filled in. */
export function presetSpec(preset: Preset): StudySpec {
  return studySpecSchema.parse(preset.spec);
}
