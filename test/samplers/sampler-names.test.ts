import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { samplers } from '../../src/samplers/table.ts';

const source = join(import.meta.dirname, '../../src');

/** Data of objectives that names samplers: presets, examples, and published figures. */
const dataFiles = /^objectives\/([^/]+\/(paper|published|quickstarts|examples)|test-function\/objective)\.ts$/;

/** Words that are spelled like the name of a sampler: the kind of a part, the verb of a command line, a setting of the API's page. */
const otherMeanings = [
  /\bkind\b/,
  /PartKind|partKindSchema/,
  /\badd\('list'/,
  /docExpansion/,
  /\['grid'\]/,
  /part_kind/,
  /'grid' in /,
  /\/final\/grid/,
];

test('no file outside samplers/ names a sampler', () => {
  const names = Object.keys(samplers).join('|');
  const quoted = new RegExp(`(['"\`])(${names})\\1`);
  const found = readdirSync(source, { recursive: true, encoding: 'utf8' })
    .filter(
      (file) => file.endsWith('.ts') && !file.startsWith('samplers/') && !file.startsWith('store/generated/') && !dataFiles.test(file),
    )
    .flatMap((file) => {
      const lines = readFileSync(join(source, file), 'utf8').split('\n');
      return lines
        .filter((line) => quoted.test(line) && !otherMeanings.some((other) => other.test(line)))
        .map((line) => `${file}: ${line.trim()}`);
    });
  expect(found).toEqual([]);
});
