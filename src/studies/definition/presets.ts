import type { z } from 'zod';
import { DomainError } from '../../shared/errors.ts';
import { type StudySpec, studySpecSchema } from './definition.ts';
import { isOtherType, overridden } from './overrides.ts';

/** A named study definition: what it stands for, and one sentence about it. */
export interface Preset {
  readonly name: string;
  readonly summary: string;
  readonly spec: z.input<typeof studySpecSchema>;
}

/** The search space of Poudel et al.: 10 + 9 + 4 + 9 bits. The learning rate is k/2000 for k = 1 … 1023; the paper prints its end as 0.51. */
export const paperSpace: z.input<typeof studySpecSchema>['searchSpace'] = [
  { type: 'float', name: 'learningRate', low: 0.0005, high: 0.5115, step: 0.0005 },
  { type: 'int', name: 'hiddenUnits', low: 1, high: 511 },
  { type: 'int', name: 'epochs', low: 1, high: 15 },
  { type: 'int', name: 'maxLength', low: 1, high: 511 },
];

/** The genetic approaches of section III: 20 individuals, 70 generations, a child mutated with probability 0.3. */
function paperApproach(name: string, elites: number, selectionExponent: number): Preset['spec'] {
  return {
    name,
    searchSpace: paperSpace,
    metrics: [{ name: 'accuracy' }],
    sampler: { type: 'genetic', population: 20, elites, selectionExponent, mutation: { probability: 0.3, kind: 'one-bit' } },
    budget: { generations: 70 },
    objective: { type: 'lstm-text-classifier', dataset: 'imdb' },
  };
}

/** Every preset. */
export const presets: readonly Preset[] = [
  {
    name: 'paper-1',
    summary: 'Genetic approach I: the best individual survives, parents are drawn with P ∝ fitness⁴ (1,331 trials).',
    spec: paperApproach('paper-1', 1, 4),
  },
  {
    name: 'paper-2',
    summary: 'Genetic approach II: the best 10 survive unevaluated, P ∝ fitness⁴ (710 trials).',
    spec: paperApproach('paper-2', 10, 4),
  },
  {
    name: 'paper-3',
    summary: 'Genetic approach III: the best 10 survive unevaluated, P ∝ fitness² (710 trials).',
    spec: paperApproach('paper-3', 10, 2),
  },
];

/** Parts of a definition that are merged key by key; anything else replaces the preset's. */
const merged = ['sampler', 'budget', 'retries', 'objective', 'labels'] as const;

/**
 * A study definition from a preset and what the request says beside it. A sampler of another type replaces the
 * preset's wholly, and its budget goes with it: generations mean nothing to another sampler. A budget must then be given.
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

/** What a preset stands for, with the defaults of the definition filled in. */
export function presetSpec(preset: Preset): StudySpec {
  return studySpecSchema.parse(preset.spec);
}
