import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { digestOfSuggestions, randomSearch, searches } from './searches.ts';

const digest = z.string();
const vectors = z
  .strictObject({ digests: z.array(digest).length(searches), laterDigests: z.record(z.string(), digest) })
  .parse(JSON.parse(readFileSync(new URL('../../vectors/tpe-suggestions.json', import.meta.url), 'utf8')));

test.each(vectors.digests.map((expected, number) => ({ expected, number, ...randomSearch(number) })))(
  'both versions suggest the same as ever in search $title',
  ({ expected, number, ...search }) => {
    expect(digestOfSuggestions(search, 1)).toBe(expected);
    expect(digestOfSuggestions(search, 3)).toBe(vectors.laterDigests[number] ?? expected);
  },
);
