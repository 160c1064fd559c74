import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { z } from 'zod';
import type { Observation } from '../../src/samplers/observation.ts';
import { type SamplerOptions, samplerFor } from '../../src/samplers/table.ts';
import { digestOf } from '../../src/shared/digest.ts';
import { randomStream } from '../../src/shared/random.ts';
import { type SampleSpace, sampleSpace, sampleSpaceNames } from '../support/search-spaces.ts';

const expected = z
  .record(z.string(), z.string())
  .parse(JSON.parse(readFileSync(new URL('../vectors/several-metrics-suggestions.json', import.meta.url), 'utf8')));

/** Trials anywhere in a space; some fail, and some are beyond a limit. */
function historyOf(title: SampleSpace, metrics: number, count: number): Observation[] {
  const sampler = samplerFor({ space: sampleSpace(title), direction: 'maximize' }, { type: 'random' });
  const stream = (purpose: string, ...indices: number[]) => randomStream(11, purpose, ...indices);
  const proposal = sampler.suggest(sampler.init(), { firstIndex: 0, count, stream, history: [], pending: [] });
  if (proposal.kind !== 'suggestions') throw new Error('the search goes on');
  const draws = stream('values', metrics);
  return proposal.suggestions.map(({ parameters, origin }, number) => {
    const values = Array.from({ length: metrics }, () => draws.uniform());
    const results =
      number % 9 === 4 ? { value: null } : { value: values[0] ?? null, values, violation: number % 6 === 1 ? draws.uniform() : 0 };
    return { number, index: number, parameters, origin, ...results };
  });
}

const searches: (readonly [string, SamplerOptions, SampleSpace, number, number])[] = sampleSpaceNames.flatMap((title) =>
  [2, 3, 4].flatMap((metrics) => [
    [`tpe, ${metrics} metrics, 60 trials, ${title}`, { type: 'tpe' } as SamplerOptions, title, metrics, 60] as const,
    [`tpe, ${metrics} metrics, 650 trials, ${title}`, { type: 'tpe' } as SamplerOptions, title, metrics, 650] as const,
    [`gp, ${metrics} metrics, 30 trials, ${title}`, { type: 'gp', startupTrials: 8 } as SamplerOptions, title, metrics, 30] as const,
  ]),
);

test.each(searches)('suggests the same as ever: %s', (name, options, title, metrics, trials) => {
  const all = historyOf(title, metrics, trials);
  const directions = Array.from({ length: metrics }, (_, metric) => (metric % 2 === 0 ? ('minimize' as const) : ('maximize' as const)));
  const sampler = samplerFor({ space: sampleSpace(title), direction: 'minimize', directions }, options);
  const suggested = [0, 1].map((more) =>
    sampler.suggest(sampler.init(), {
      firstIndex: trials + more,
      count: 1,
      history: all.slice(0, -2),
      pending: all.slice(-2).map(({ parameters }) => parameters),
      stream: (purpose, ...indices) => randomStream(2, purpose, ...indices),
    }),
  );
  expect(digestOf(JSON.parse(JSON.stringify(suggested))).slice(0, 20), name).toBe(expected[name]);
});
