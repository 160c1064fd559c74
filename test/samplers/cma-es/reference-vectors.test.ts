import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { adaptedCategories, evenCategories } from '../../../src/samplers/cma-es/categorical.ts';
import { geometryOf } from '../../../src/samplers/cma-es/dimensions.ts';
import { adaptedDistribution, type Distribution, startingDistribution } from '../../../src/samplers/cma-es/distribution.ts';
import { times } from '../../../src/samplers/cma-es/eigen.ts';
import { rootsOf } from '../../../src/samplers/cma-es/gaussian.ts';
import { shownPoint } from '../../../src/samplers/cma-es/sampling.ts';
import { strategyOf } from '../../../src/samplers/cma-es/strategy.ts';
import { promising, warmStart } from '../../../src/samplers/cma-es/warm-start.ts';
import { searchSpaceSchema } from '../../../src/space/schema.ts';
import { decodeUnit, encodeUnit } from '../../../src/space/unit-cube.ts';

const numbers = z.array(z.number());
const gaussianSchema = z.object({
  mean: numbers,
  sigma: z.number(),
  covariance: numbers,
  stepPath: numbers,
  covariancePath: numbers,
});
const solutionSchema = z.object({ x: numbers.default([]), value: z.number() });
const plainSchema = z.object({
  dimensions: z.number(),
  population: z.number(),
  sigma: z.number(),
  generations: z.array(
    z.object({
      solutions: z.array(solutionSchema),
      after: gaussianSchema.extend({ meanRate: z.number().optional(), covarianceRate: z.number().optional() }),
      draw: z.object({ z: numbers, x: numbers }),
    }),
  ),
});

const vectors = z
  .object({
    plain: z.array(plainSchema),
    learningRates: z.array(plainSchema),
    margin: z.array(
      z.object({
        counts: numbers,
        population: z.number(),
        sigma: z.number(),
        mean: z.number(),
        generations: z.array(
          z.object({
            solutions: z.array(solutionSchema.extend({ shown: numbers })),
            after: gaussianSchema.extend({ scales: numbers }),
          }),
        ),
      }),
    ),
    warmStart: z.array(
      z.object({ solutions: z.array(solutionSchema), after: gaussianSchema.pick({ mean: true, sigma: true, covariance: true }) }),
    ),
    categories: z.array(
      z.object({
        counts: numbers,
        population: z.number(),
        generations: z.array(
          z.object({
            solutions: z.array(solutionSchema.extend({ choices: numbers })),
            after: z.object({
              probabilities: z.array(numbers),
              path: numbers,
              pathWeight: z.number(),
              stepLength: z.number(),
              damping: z.number(),
            }),
          }),
        ),
      }),
    ),
  })
  .parse(JSON.parse(readFileSync(new URL('../../vectors/cma-es.json', import.meta.url), 'utf8')));

/** A space of the unit interval for each count: so many values, in the middle of equal shares; continuous for 0. */
function spaceOf(counts: readonly number[]) {
  return searchSpaceSchema.parse(
    counts.map((count, index) =>
      count === 0 ? { type: 'float', name: `x${index}`, low: 0, high: 1 } : { type: 'int', name: `x${index}`, low: 0, high: count - 1 },
    ),
  );
}

interface Solution {
  readonly x: readonly number[];
  readonly value: number;
  readonly choices?: readonly number[];
}

function ranked(solutions: readonly Solution[]) {
  return [...solutions]
    .sort((a, b) => a.value - b.value)
    .map(({ x, choices = [] }) => ({ coordinates: Float64Array.from(x), choices, isGuest: false }));
}

/** Fails unless all numbers agree to 10⁻¹⁰ of the largest of them, or of 1. */
function expectClose(actual: Iterable<number>, expected: readonly number[], what: string): void {
  const found = [...actual];
  expect(found, what).toHaveLength(expected.length);
  const scale = Math.max(1, ...expected.map(Math.abs));
  for (const [index, each] of expected.entries())
    expect(Math.abs((found[index] ?? Number.NaN) - each) / scale, `${what} ${index}`).toBeLessThan(1e-10);
}

function expectGaussian({ gaussian }: Distribution, after: z.output<typeof gaussianSchema>, what: string): void {
  expectClose(gaussian.mean, after.mean, `${what} mean`);
  expect(Math.abs(gaussian.sigma / after.sigma - 1), `${what} sigma`).toBeLessThan(1e-10);
  expectClose(gaussian.covariance, after.covariance, `${what} covariance`);
  expectClose(gaussian.stepPath, after.stepPath, `${what} step path`);
  expectClose(gaussian.covariancePath, after.covariancePath, `${what} covariance path`);
}

describe('the distribution after each of many generations is that of the package cmaes', () => {
  test.each([...vectors.plain, ...vectors.learningRates].map((each, index) => ({ index, adapts: index >= vectors.plain.length, ...each })))(
    'CMA, case $index (learning-rate adaptation: $adapts)',
    ({ dimensions, population, sigma, generations, adapts }) => {
      const geometry = geometryOf(spaceOf(new Array(dimensions).fill(0)));
      let distribution = startingDistribution(geometry, new Float64Array(dimensions).fill(0.5), sigma, adapts);
      for (const [number, { solutions, after, draw }] of generations.entries()) {
        distribution = adaptedDistribution(geometry, distribution, ranked(solutions), population);
        expectGaussian(distribution, after, `generation ${number}`);
        if (after.meanRate !== undefined) {
          expectClose(
            [distribution.rates?.mean.rate ?? 0, distribution.rates?.covariance.rate ?? 0],
            [after.meanRate, after.covarianceRate ?? 0],
            `generation ${number} rates`,
          );
        }
        const { mean, sigma: size } = distribution.gaussian;
        const step = times(rootsOf(distribution.gaussian).root, Float64Array.from(draw.z));
        expectClose(
          mean.map((each, index) => each + size * (step[index] ?? 0)),
          draw.x,
          `generation ${number} draw`,
        );
      }
    },
  );

  test.each(vectors.margin.map((each, index) => ({ index, ...each })))(
    'CMA with Margin, case $index: the values that are tried, too',
    ({ counts, population, sigma, mean, generations }) => {
      const geometry = geometryOf(spaceOf(counts));
      let distribution = startingDistribution(geometry, new Float64Array(counts.length).fill(mean), sigma, false);
      for (const [number, { solutions, after }] of generations.entries()) {
        for (const { x, shown } of solutions) {
          const { coordinates } = shownPoint(distribution, { coordinates: Float64Array.from(x), choices: [] });
          const values = geometry.numeric.map(({ parameter, isStepped }, index) => {
            const coordinate = Math.min(Math.max(coordinates[index] ?? Number.NaN, 0), 1);
            return isStepped ? encodeUnit(parameter, decodeUnit(parameter, coordinate)) : coordinate;
          });
          expectClose(values, shown, `generation ${number} shown`);
        }
        distribution = adaptedDistribution(geometry, distribution, ranked(solutions), population);
        expectGaussian(distribution, after, `generation ${number}`);
        expectClose(distribution.scales, after.scales, `generation ${number} scales`);
      }
    },
  );

  test.each(vectors.categories.map((each, index) => ({ index, ...each })))(
    'CatCMA, case $index: probabilities of the choices',
    ({ counts, population, generations }) => {
      const weights = strategyOf(1, population).weights.map((weight) => Math.max(weight, 0));
      let categories = evenCategories(counts);
      for (const [number, { solutions, after }] of generations.entries()) {
        const chosen = ranked(solutions).map(({ choices }) => choices);
        categories = adaptedCategories(categories, chosen, weights);
        const { probabilities, path, pathWeight, stepLength, damping } = categories;
        expectClose(probabilities.flat(), after.probabilities.flat(), `generation ${number} probabilities`);
        expectClose(path, after.path, `generation ${number} path`);
        expectClose([pathWeight, stepLength, damping], [after.pathWeight, after.stepLength, after.damping], `generation ${number} rates`);
      }
    },
  );
});

test.each(vectors.warmStart.map((each, index) => ({ index, ...each })))(
  'a warm start is that of the package cmaes, case $index',
  ({ solutions, after }) => {
    const { mean, sigma, covariance } = warmStart(promising(ranked(solutions)).map(({ coordinates }) => coordinates));
    expectClose(mean, after.mean, 'mean');
    expectClose([sigma], [after.sigma], 'sigma');
    expectClose(covariance, after.covariance, 'covariance');
  },
);
