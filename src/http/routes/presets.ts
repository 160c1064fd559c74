import { presetListSchema, presetSchema, representPreset } from '../../api/preset.ts';
import { DomainError } from '../../shared/errors.ts';
import { presets } from '../../studies/definition/presets.ts';
import { json, responses, unchanged } from '../responses.ts';
import type { App } from '../services.ts';
import { noQuery } from '../validation.ts';
import { presetPath } from './parameters.ts';

/** Adds the routes of study presets. */
export function presetRoutes(app: App): void {
  const list = {
    operationId: 'listPresets',
    tags: ['presets'],
    summary: 'List the presets, each with its full definition',
    querystring: noQuery,
    response: responses({ 200: json('Every preset.', presetListSchema), 304: unchanged }),
  };
  app.get('/v1/presets', { schema: list }, async () => ({ items: presets.map(representPreset) }));

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
    const preset = presets.find((candidate) => candidate.name === name);
    if (!preset)
      throw new DomainError('preset-not-found', `there is no preset ${name}; there are ${presets.map((known) => known.name).join(', ')}`);
    return representPreset(preset);
  });
}
