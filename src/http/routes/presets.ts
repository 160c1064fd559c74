import { z } from 'zod';
import { presetKindSchema, presetListSchema, presetSchema, representPresets } from '../../api/preset.ts';
import { DomainError } from '../../shared/errors.ts';
import { json, responses, unchanged } from '../responses.ts';
import type { App } from '../services.ts';
import { noQuery } from '../validation.ts';
import { presetPath } from './parameters.ts';

const presetsQuery = z.strictObject({ kind: presetKindSchema.optional().describe('Only presets of this kind.') });

/** Adds the routes of the presets of studies and campaigns. */
export function presetRoutes(app: App): void {
  const list = {
    operationId: 'listPresets',
    tags: ['presets'],
    summary: 'List the presets of studies and campaigns, each with its full definition',
    querystring: presetsQuery,
    response: responses({ 200: json('Every preset of the kind.', presetListSchema), 304: unchanged }),
  };
  app.get('/v1/presets', { schema: list }, async ({ query: { kind } }) => ({
    items: representPresets().filter((preset) => kind === undefined || preset.kind === kind),
  }));

  const read = {
    operationId: 'getPreset',
    tags: ['presets'],
    summary: 'Get a preset',
    params: presetPath,
    querystring: noQuery,
    response: responses({ 200: json('The preset.', presetSchema), 304: unchanged }, 'preset-not-found'),
  };
  app.get('/v1/presets/:name', { schema: read }, async (request) => {
    const { name } = request.params;
    const presets = representPresets();
    const preset = presets.find((candidate) => candidate.name === name);
    if (!preset)
      throw new DomainError('preset-not-found', `there is no preset ${name}; there are ${presets.map((known) => known.name).join(', ')}`);
    return preset;
  });
}
