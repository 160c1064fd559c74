import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { definitionsOf, objectives } from '../../src/objectives/table.ts';

test('every objective of the table keeps the promises of the conformance test, in its own folder', () => {
  const promised = readdirSync(import.meta.dirname)
    .map((folder) => join(import.meta.dirname, folder, 'conformance.test.ts'))
    .filter((file) => existsSync(file))
    .flatMap((file) => [...readFileSync(file, 'utf8').matchAll(/^objectiveConformance\('([^']+)'/gm)].map(([, name]) => name));
  expect(promised.sort()).toEqual(Object.keys(objectives).sort());
});

test('no two presets have the same name, whether of studies or of campaigns: GET /v1/presets/{name} finds either', () => {
  const names = [...definitionsOf('studyPresets'), ...definitionsOf('campaignPresets')].map(({ name }) => name);
  expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
});
