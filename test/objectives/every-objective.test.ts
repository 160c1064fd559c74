import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { objectives } from '../../src/objectives/table.ts';

test('every objective of the table keeps the promises of the conformance test, in its own folder', () => {
  const promised = readdirSync(import.meta.dirname)
    .map((folder) => join(import.meta.dirname, folder, 'conformance.test.ts'))
    .filter((file) => existsSync(file))
    .flatMap((file) => [...readFileSync(file, 'utf8').matchAll(/^objectiveConformance\('([^']+)'/gm)].map(([, name]) => name));
  expect(promised.sort()).toEqual(Object.keys(objectives).sort());
});
