import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { objectives } from '../../../../src/objectives/table.ts';
import { samplers } from '../../../../src/samplers/table.ts';
import { definitionVersions, readDefinition } from '../../../../src/studies/definition/stored.ts';

/**
 * Stored definitions, and their meanings when their version was current. The versions share schemas of samplers, objectives and
 * spaces with the requests of today: where one of these tests fails, give the new option or default to a new version, and keep a
 * copy of the old schema for the versions here. Never change an entry; new versions and options get entries of their own.
 */
const golden = z
  .array(
    z.object({
      version: z.literal(definitionVersions),
      stored: z.record(z.string(), z.json()),
      read: z.looseObject({ sampler: z.looseObject({ type: z.string() }), objective: z.looseObject({ type: z.string() }) }),
    }),
  )
  .parse(JSON.parse(readFileSync(new URL('golden-definitions.json', import.meta.url), 'utf8')));

describe('a stored definition never changes its meaning', () => {
  test.each(golden.map((entry, index) => [index, entry.version, entry] as const))('entry %i, of version %i', (_index, _version, entry) => {
    expect(readDefinition(entry.version, entry.stored)).toStrictEqual(entry.read);
  });

  test('every sampler and every objective is among the entries', () => {
    const types = (part: 'sampler' | 'objective') => [...new Set(golden.map(({ read }) => read[part].type))].sort();
    expect(types('sampler')).toEqual(Object.keys(samplers).sort());
    expect(types('objective')).toEqual(Object.keys(objectives).sort());
  });
});
