import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { digestOfSuggestion, knownSearches } from './searches.ts';

const digests = z
  .record(z.string(), z.string())
  .parse(JSON.parse(readFileSync(new URL('../../vectors/gp-suggestions.json', import.meta.url), 'utf8')));

test.each(knownSearches)('version 3 suggests the same as ever after $title', (search) => {
  expect(digestOfSuggestion(search)).toBe(digests[search.title]);
});
