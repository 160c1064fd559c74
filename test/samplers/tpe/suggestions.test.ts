import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { digestOfSuggestions, randomSearch, searches } from './searches.ts';

const digests = z
  .array(z.string())
  .length(searches)
  .parse(JSON.parse(readFileSync(new URL('../../vectors/tpe-suggestions.json', import.meta.url), 'utf8')));

test.each(digests.map((digest, number) => ({ digest, number, ...randomSearch(number) })))(
  'version 1 suggests the same as ever in search $title',
  ({ digest, ...search }) => {
    expect(digestOfSuggestions(search)).toBe(digest);
  },
);
