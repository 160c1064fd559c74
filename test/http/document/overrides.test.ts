import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { beforeAll, expect, it } from 'vitest';
import { renderOpenApi } from '../../../src/http/openapi.ts';

let ajv: Ajv2020;
beforeAll(async () => {
  ajv = new Ajv2020({ strict: false, validateFormats: false });
  ajv.addSchema({ ...JSON.parse(await renderOpenApi()), $id: 'api' });
});

const schemaOf = (name: string): ValidateFunction => ajv.compile({ $ref: `api#/components/schemas/${name}` });

it.each([
  [{ sampler: { population: 4 } }, true],
  [{ sampler: { type: 'tpe', candidates: 10 }, budget: { trials: 20 } }, true],
  [{ retries: { maxAttempts: 1 }, labels: { team: 'vision' }, objective: { stepMs: 10 } }, true],
  [{ sampler: { population: '4' } }, false],
  [{ sampler: { populationSize: 4 } }, false],
  [{ budget: { trial: 20 } }, false],
  [{ retries: { attempts: 1 } }, false],
  [{ objective: { unknown: true } }, false],
])('types the overrides of a preset of a study: %j is valid: %s', (overrides, valid) => {
  expect(schemaOf('PresetStudy')({ preset: 'any', ...overrides })).toBe(valid);
});

it.each([
  [{ metric: { direction: 'minimize' }, evaluation: { repeats: 1 }, final: { cross: false } }, true],
  [{ evaluation: { repeat: 1 } }, false],
  [{ final: { cross: 'no' } }, false],
])('and of a campaign: %j is valid: %s', (overrides, valid) => {
  expect(schemaOf('PresetCampaign')({ preset: 'any', ...overrides })).toBe(valid);
});
