import { campaignOptionsSchema } from '../api/campaign-request.ts';
import type { ViolationRepresentation } from '../api/problem.ts';
import { partialCampaignViolations } from '../campaigns/partial.ts';
import { campaignPresets, expandCampaignPreset } from '../campaigns/presets.ts';
import type { ScaledNumber } from '../campaigns/scale.ts';
import { type CampaignSpec, campaignSpecSchema } from '../campaigns/spec.ts';
import { countedErrors } from '../shared/counted.ts';
import { didYouMean } from '../shared/suggestion.ts';
import { HttpProblem } from './http-problem.ts';
import { check, distinct, findingsOf, representFinding } from './issues.ts';

/** The content of a request for a campaign. */
export interface CampaignOrder {
  /** Defaults that need the whole definition are filled in later. */
  readonly spec: CampaignSpec;
  /** Numbers of the preset that the scale changed. */
  readonly scaled: readonly ScaledNumber[];
  readonly dryRun: boolean;
}

/**
 * Reads a request for a campaign: a full definition, or a preset with overrides and a scale.
 *
 * @throws HttpProblem `invalid-campaign` that lists every violation
 */
export function campaignFromBody(body: unknown): CampaignOrder {
  if (body === undefined || body === null)
    throw invalidCampaign([{ pointer: '', detail: 'the body must be a campaign definition in JSON' }]);
  if (typeof body !== 'object' || Array.isArray(body))
    throw invalidCampaign(findingsOf(check(campaignSpecSchema, body)).map(representFinding));
  const { preset, scale, dryRun, ...definition }: Record<string, unknown> = { ...body };
  const options = check(campaignOptionsSchema, { scale, dryRun });
  const violations = findingsOf(options).map(representFinding);
  if (preset === undefined && scale !== undefined)
    violations.push({ pointer: '/scale', detail: 'scale is allowed only together with preset' });
  if (preset !== undefined && !isPreset(preset))
    violations.push({ pointer: '/preset', detail: `must be one of ${presetNames().join(', ')}${didYouMean(preset, presetNames())}` });
  // With an invalid scale, the rest is checked at full size.
  const expanded = isPreset(preset)
    ? expandCampaignPreset(preset, definition, 'value' in options ? options.value.scale : 1)
    : { definition, scaled: [] };
  const spec = check(campaignSpecSchema, expanded.definition);
  // Without a known preset, the definition cannot be checked.
  if ((preset === undefined || isPreset(preset)) && 'findings' in spec)
    violations.push(...spec.findings.map(representFinding), ...partialCampaignViolations(expanded.definition));
  if (violations.length > 0 || !('value' in spec) || !('value' in options)) throw invalidCampaign(distinct(violations));
  return { spec: spec.value, scaled: expanded.scaled, dryRun: options.value.dryRun };
}

function isPreset(name: unknown): name is string {
  return presetNames().some((known) => known === name);
}

function presetNames(): string[] {
  return campaignPresets.map(({ name }) => name);
}

function invalidCampaign(violations: readonly ViolationRepresentation[]): HttpProblem {
  return new HttpProblem('invalid-campaign', `the campaign definition has ${countedErrors(violations)}`, violations);
}
