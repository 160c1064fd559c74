import { campaignPresetListSchema, campaignPresetSchema, representCampaignPreset } from '../../api/campaign-preset.ts';
import { type CampaignPreset, campaignPresets } from '../../campaigns/presets.ts';
import { DomainError } from '../../shared/errors.ts';
import { json, responses, unchanged } from '../responses.ts';
import type { App } from '../services.ts';
import { noQuery } from '../validation.ts';
import { presetPath } from './parameters.ts';

/** Adds the routes of campaign presets. */
export function campaignPresetRoutes(app: App): void {
  const list = {
    operationId: 'listCampaignPresets',
    tags: ['presets'],
    summary: 'List the campaign presets, each with its full definition',
    querystring: noQuery,
    response: responses({ 200: json('Every preset.', campaignPresetListSchema), 304: unchanged }),
  };
  app.get('/v1/campaign-presets', { schema: list }, async () => ({ items: campaignPresets.map(representCampaignPreset) }));

  const read = {
    operationId: 'getCampaignPreset',
    tags: ['presets'],
    summary: 'Get a campaign preset',
    params: presetPath,
    querystring: noQuery,
    response: responses({ 200: json('The preset.', campaignPresetSchema), 304: unchanged }, 'preset-not-found'),
  };
  app.get('/v1/campaign-presets/:name', { schema: read }, async (request) => representCampaignPreset(presetCalled(request.params.name)));
}

function presetCalled(name: string): CampaignPreset {
  const preset = campaignPresets.find((candidate) => candidate.name === name);
  if (preset) return preset;
  const known = campaignPresets.map((candidate) => candidate.name).join(', ');
  throw new DomainError('preset-not-found', `there is no campaign preset ${name}; there are ${known}`);
}
