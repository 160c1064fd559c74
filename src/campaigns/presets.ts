import { definitionsOf } from '../objectives/table.ts';
import { DomainError } from '../shared/errors.ts';
import { isObject, overridden } from '../studies/definition/overrides.ts';
import { finalGridName } from './part-names.ts';
import { type ScaledNumber, type ScaledPartNumber, scaleCampaign } from './scale.ts';
import { type CampaignSpec, campaignSpecSchema } from './spec.ts';

/** A named campaign definition. */
export interface CampaignPreset {
  readonly name: string;
  /** One plain sentence. */
  readonly summary: string;
  /** As a client would write it. */
  readonly spec: Readonly<Record<string, unknown>>;
}

/** A campaign made from a preset, and the preset's numbers after scaling. */
export interface ExpandedCampaign {
  /** Unchecked: pass it through `campaignSpecSchema`. */
  readonly definition: Record<string, unknown>;
  readonly scaled: readonly ScaledNumber[];
}

/** Every campaign preset: those of all objectives. */
export const campaignPresets: readonly CampaignPreset[] = definitionsOf('campaignPresets').map(({ name, summary, definition }) => ({
  name,
  summary,
  spec: definition,
}));

/** Parts of a definition that are merged key by key; anything else, the list of studies too, replaces the preset's. */
const merged = ['metric', 'objective', 'retries', 'evaluation', 'final'] as const;

/**
 * A campaign definition from a preset, scaled, and the overrides of the request, which are not scaled.
 *
 * @param overrides any keys of a campaign definition, unchecked
 * @param scale 0 … 1; see `scaleCampaign`
 * @throws DomainError `preset-not-found`; `invalid-campaign` if the scale is invalid
 */
export function expandCampaignPreset(name: string, overrides: Readonly<Record<string, unknown>>, scale = 1): ExpandedCampaign {
  const preset = campaignPresets.find((candidate) => candidate.name === name);
  if (!preset) {
    const known = campaignPresets.map((candidate) => candidate.name).join(', ');
    throw new DomainError('preset-not-found', `there is no campaign preset ${name}; there are ${known}`);
  }
  if (!(scale >= 0 && scale <= 1)) {
    const violations = [{ pointer: '/scale', detail: `must be a number from 0 to 1, got ${scale}` }];
    throw new DomainError('invalid-campaign', 'the campaign definition has an error', { violations });
  }
  const { campaign, scaled } = scaleCampaign(campaignPresetSpec(preset), scale);
  const definition = overridden({ ...campaign }, withWholeGrid(overrides, campaign), merged);
  const shown = scaled.filter((number) => isStillThere(number, overrides));
  return { definition, scaled: shown.map(({ what, from, to }) => ({ what, from, to })) };
}

/** The definition of a preset with its defaults filled in. */
export function campaignPresetSpec(preset: CampaignPreset): CampaignSpec {
  return campaignSpecSchema.parse(preset.spec);
}

/** The grid is nested in a part: keys that an override omits keep the preset's values. */
function withWholeGrid(overrides: Readonly<Record<string, unknown>>, { final }: CampaignSpec): Readonly<Record<string, unknown>> {
  const given = overrides['final'];
  if (!final || !isObject(given) || !isObject(given['grid'])) return overrides;
  return { ...overrides, final: { ...given, grid: { ...final.grid, ...given['grid'] } } };
}

/** True if a scaled number is still in the definition, not in a part that the request replaced. */
function isStillThere({ part }: ScaledPartNumber, overrides: Readonly<Record<string, unknown>>): boolean {
  if (part !== finalGridName) return !('studies' in overrides);
  const final = overrides['final'];
  return !isObject(final) || !isObject(final['grid']) || !('trials' in final['grid']);
}
