import type { z } from 'zod';
import { DomainError } from '../shared/errors.ts';
import { isObject, overridden } from '../studies/definition/overrides.ts';
import { paperSpace, presets } from '../studies/definition/presets.ts';
import { finalGridName } from './part-names.ts';
import { type ScaledNumber, type ScaledPartNumber, scaleCampaign } from './scale.ts';
import { type CampaignSpec, campaignSpecSchema } from './spec.ts';

/** A named campaign definition: what it stands for, and one sentence about it. */
export interface CampaignPreset {
  readonly name: string;
  readonly summary: string;
  readonly spec: z.input<typeof campaignSpecSchema>;
}

/** A campaign made from a preset, and what its scale made of the preset's numbers. */
export interface ExpandedCampaign {
  /** Unchecked: pass it through `campaignSpecSchema`. */
  readonly definition: Record<string, unknown>;
  readonly scaled: readonly ScaledNumber[];
}

/** The genetic approach of a study preset, as a study of a campaign. */
function approach(name: string, presetName: string): CampaignPreset['spec']['studies'] {
  return presets.flatMap(({ name: candidate, spec }) =>
    candidate === presetName ? [{ name, sampler: spec.sampler, budget: spec.budget }] : [],
  );
}

/**
 * The protocol of Poudel et al.: 70 random trials, 70 of Bayesian optimisation (they used Hyperas, which is hyperopt's TPE),
 * the three genetic approaches, and a grid over the best configurations of four of them. That final is the one of their
 * results, where the best of random, Bayesian, GA I and GA III are crossed; the five of their method section come from
 * naming more finalists.
 */
const paper: CampaignPreset = {
  name: 'paper',
  summary:
    'Random search, Bayesian optimisation, three genetic approaches, a grid over their best, and the winner measured on the test split: 2,891 trials of search, 256 of the final.',
  spec: {
    name: 'paper',
    searchSpace: paperSpace,
    metric: { name: 'accuracy' },
    objective: { type: 'lstm-text-classifier', dataset: 'imdb' },
    studies: [
      { name: 'random', sampler: { type: 'random' }, budget: { trials: 70 } },
      { name: 'bayesian', sampler: { type: 'tpe', preset: 'hyperopt' }, budget: { trials: 70 } },
      ...approach('genetic-1', 'paper-1'),
      ...approach('genetic-2', 'paper-2'),
      ...approach('genetic-3', 'paper-3'),
    ],
    final: { finalists: ['random', 'bayesian', 'genetic-1', 'genetic-3'].map((study) => ({ study })), cross: true },
    evaluation: { repeats: 5 },
  },
};

/** Every campaign preset. */
export const campaignPresets: readonly CampaignPreset[] = [paper];

/** Parts of a definition that are merged key by key; anything else, the list of studies too, replaces the preset's. */
const merged = ['metric', 'objective', 'retries', 'evaluation', 'final'] as const;

/**
 * A campaign definition from a preset, scaled, and what the request says beside it, which is taken as it is.
 *
 * @param overrides any keys of a campaign definition, unchecked
 * @param scale 0 … 1; see `scaleCampaign`
 * @throws DomainError `preset-not-found`; `invalid-campaign` where the scale is none
 */
export function expandCampaignPreset(name: string, overrides: Readonly<Record<string, unknown>>, scale = 1): ExpandedCampaign {
  const preset = campaignPresets.find((candidate) => candidate.name === name);
  if (!preset) {
    const known = campaignPresets.map((candidate) => candidate.name).join(', ');
    throw new DomainError('preset-not-found', `there is no campaign preset ${name}; there are ${known}`);
  }
  if (!(scale >= 0 && scale <= 1)) {
    const faults = [{ pointer: '/scale', detail: `must be a number from 0 to 1, got ${scale}` }];
    throw new DomainError('invalid-campaign', 'the campaign definition has a fault', { faults });
  }
  const { campaign, scaled } = scaleCampaign(campaignPresetSpec(preset), scale);
  const definition = overridden({ ...campaign }, withWholeGrid(overrides, campaign), merged);
  const shown = scaled.filter((number) => isStillThere(number, overrides));
  return { definition, scaled: shown.map(({ what, from, to }) => ({ what, from, to })) };
}

/** What a preset stands for, with the defaults of the definition filled in. */
export function campaignPresetSpec(preset: CampaignPreset): CampaignSpec {
  return campaignSpecSchema.parse(preset.spec);
}

/** The grid is a part of a part: what an override leaves out of it stays the preset's. */
function withWholeGrid(overrides: Readonly<Record<string, unknown>>, { final }: CampaignSpec): Readonly<Record<string, unknown>> {
  const given = overrides['final'];
  if (!final || !isObject(given) || !isObject(given['grid'])) return overrides;
  return { ...overrides, final: { ...given, grid: { ...final.grid, ...given['grid'] } } };
}

/** Whether a scaled number is one of the definition, and not of something that the request replaced. */
function isStillThere({ part }: ScaledPartNumber, overrides: Readonly<Record<string, unknown>>): boolean {
  if (part !== finalGridName) return !('studies' in overrides);
  const final = overrides['final'];
  return !isObject(final) || !isObject(final['grid']) || !('trials' in final['grid']);
}
