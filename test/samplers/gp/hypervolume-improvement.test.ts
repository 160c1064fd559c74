import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { evenDirections } from '../../../src/pareto/directions.ts';
import { drawnDirections, HypervolumeImprovement } from '../../../src/samplers/gp/hypervolume-improvement.ts';
import { randomStream } from '../../../src/shared/random.ts';

const numbers = z.array(z.number());
const vectors = z
  .object({
    cases: z.array(
      z.object({
        front: z.array(numbers),
        reference: numbers,
        candidates: z.array(z.object({ means: numbers, deviations: numbers, improvement: z.number() })),
      }),
    ),
  })
  .parse(JSON.parse(readFileSync(new URL('../../vectors/expected-hypervolume.json', import.meta.url), 'utf8')));

type Case = (typeof vectors)['cases'][number];

/** Scores of the candidates of a case. */
function scores({ front, reference, candidates }: Case, directions: readonly (readonly number[])[]): number[] {
  const posteriors = reference.map((_, metric) => ({
    predict: () => ({
      means: Float64Array.from(candidates, ({ means }) => means[metric] ?? Number.NaN),
      deviations: Float64Array.from(candidates, ({ deviations }) => deviations[metric] ?? Number.NaN),
    }),
  }));
  const points = candidates.map(() => new Float64Array(0));
  return [...new HypervolumeImprovement({ posteriors, front, reference, directions }, []).score(points)];
}

describe('the expected hypervolume improvement', () => {
  it.each(vectors.cases.map((each) => [each.reference.length, each] as const))(
    'is the exact one of %i metrics, up to a factor, along very many directions',
    (metrics, each) => {
      const found = scores(each, evenDirections(metrics, 4000));
      // ln of the mean over the directions, whose sum the score is; the volume is that times the surface of the sphere's positive part.
      const surface = { 2: Math.PI / 2, 3: Math.PI / 2, 4: Math.PI ** 2 / 8 }[metrics] ?? Number.NaN;
      for (const [index, { improvement }] of each.candidates.entries())
        expect((Math.exp(found[index] ?? Number.NaN) * surface) / 4000 / improvement).toBeCloseTo(1, 1);
    },
  );

  it('ranks candidates that have no chance to reach the front by how far they are from it', () => {
    const [first = { front: [], reference: [], candidates: [] }] = vectors.cases;
    const far = [0, 1, 5].map((distance) => ({ means: [2 + distance, 2 + distance], deviations: [0.01, 0.01], improvement: 0 }));
    const [near = 0, farther = 0, farthest = 0] = scores({ ...first, candidates: far }, evenDirections(2, 16));
    expect(near).toBeGreaterThan(farther);
    expect(farther).toBeGreaterThan(farthest);
    expect(Number.isFinite(farthest)).toBe(true);
  });
});

it('directions are drawn with length 1 and with every component above 0', () => {
  for (const direction of drawnDirections(3, 50, randomStream(1, 'directions'))) {
    expect(Math.hypot(...direction)).toBeCloseTo(1, 12);
    expect(Math.min(...direction)).toBeGreaterThan(0);
  }
});
