import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { geometryOf, type Point } from '../../../src/samplers/gp/dimensions.ts';
import { gatherEvidence, thinned } from '../../../src/samplers/gp/evidence.ts';
import { type FitSettings, mostProbable } from '../../../src/samplers/gp/fit.ts';
import { type Hyperparameters, hyperparametersOf } from '../../../src/samplers/gp/hyperparameters.ts';
import { logImprovement } from '../../../src/samplers/gp/improvement.ts';
import { Loss } from '../../../src/samplers/gp/loss.ts';
import { minimise } from '../../../src/samplers/gp/minimise.ts';
import { halfRanked, standardised } from '../../../src/samplers/gp/outputs.ts';
import { Posterior } from '../../../src/samplers/gp/posterior.ts';
import { gpSettings } from '../../../src/samplers/gp/settings.ts';
import { normalQuantile } from '../../../src/shared/normal.ts';
import { randomStream } from '../../../src/shared/random.ts';
import { parameterValueSchema, searchSpaceSchema } from '../../../src/space/schema.ts';

const numbers = z.array(z.number());
const pointsSchema = z.array(z.array(z.number().nullable()));
const vectorsSchema = z.object({
  processes: z.array(
    z.object({
      kinds: z.array(z.union([z.literal('numeric'), z.number()])),
      points: pointsSchema,
      outputs: numbers,
      theta: z.object({ lengths: numbers, variance: z.number(), noise: z.number(), warps: numbers }),
      logLikelihood: z.number(),
      candidates: pointsSchema,
      means: numbers,
      deviations: numbers,
    }),
  ),
  logImprovements: z.array(z.tuple([z.number(), z.number()])),
  quantiles: z.array(z.tuple([z.number(), z.number()])),
  halfRanked: z.array(z.tuple([numbers, numbers])),
});
type Process = z.output<typeof vectorsSchema>['processes'][number];

const lateSearch = new URL('../../vectors/gp-late-search.json', import.meta.url);
const lateSearchSchema = z.object({
  space: searchSpaceSchema,
  trials: z.array(z.tuple([z.record(z.string(), parameterValueSchema), z.number()])),
});

const file = new URL('../../vectors/gp.json', import.meta.url);
const vectors = vectorsSchema.parse(JSON.parse(await readFile(file, 'utf8')));

function layoutOf({ kinds }: Pick<Process, 'kinds'>): Hyperparameters {
  const space = kinds.map((kind, index) =>
    kind === 'numeric'
      ? { type: 'float', name: `p${index}`, low: 0, high: 1 }
      : { type: 'categorical', name: `p${index}`, choices: Array.from({ length: kind }, (_, choice) => choice) },
  );
  return hyperparametersOf(geometryOf(searchSpaceSchema.parse(space)).dimensions);
}

function thetaOf(layout: Hyperparameters, { theta }: Process): Float64Array {
  const warps = theta.warps.filter((_, index) => (layout.warps[index] ?? -1) >= 0);
  return Float64Array.from([...theta.lengths.map(Math.log), Math.log(theta.variance), Math.log(theta.noise), ...warps]);
}

function pointsOf(points: z.output<typeof pointsSchema>): Point[] {
  return points.map((point) => Float64Array.from(point, (coordinate) => coordinate ?? Number.NaN));
}

describe.each(vectors.processes.map((process) => ({ name: process.kinds.join(', '), process })))('a process over $name', ({ process }) => {
  const layout = layoutOf(process);
  const theta = thetaOf(layout, process);
  const outputs = Float64Array.from(process.outputs);
  const points = pointsOf(process.points);

  test('has the likelihood that scikit-learn computes', () => {
    const prior = layout.mean.reduce(
      (sum, mean, index) => sum + 0.5 * (((theta[index] ?? 0) - mean) / (layout.deviation[index] ?? 1)) ** 2,
      0,
    );
    const loss = new Loss(layout, points, outputs).at(theta, new Float64Array(layout.size));
    expect(prior - loss - 0.5 * points.length * Math.log(2 * Math.PI)).toBeCloseTo(process.logLikelihood, 7);
  });

  test('predicts what scikit-learn predicts', () => {
    const posterior = new Posterior(layout, theta, points, outputs);
    const { means, deviations } = posterior.predict(pointsOf(process.candidates));
    for (const [index, mean] of process.means.entries()) expect(means[index]).toBeCloseTo(mean, 7);
    for (const [index, deviation] of process.deviations.entries()) expect(deviations[index]).toBeCloseTo(deviation, 7);
    expect([...posterior.meansAt(pointsOf(process.candidates))]).toEqual([...means]);
  });

  test('has the gradient that differences of its loss have', () => {
    const loss = new Loss(layout, points, outputs);
    const gradient = new Float64Array(layout.size);
    loss.at(theta, gradient);
    for (let index = 0; index < layout.size; index += 1) {
      const at = (by: number) =>
        loss.at(
          theta.map((value, other) => value + (other === index ? by : 0)),
          new Float64Array(layout.size),
        );
      const difference = (at(1e-5) - at(-1e-5)) / 2e-5;
      expect(gradient[index], `derivative ${index}`).toBeCloseTo(difference, 4);
    }
  });

  test('has hyperparameters that no small step improves', () => {
    const loss = new Loss(layout, points, outputs);
    const found = minimise(loss, layout.mean, { steps: 200, tolerance: 1e-12 });
    const stream = randomStream(1, 'steps');
    for (let step = 0; step < 50; step += 1) {
      const near = found.theta.map((value, index) =>
        Math.min(Math.max(value + 0.01 * stream.normal(), layout.low[index] ?? 0), layout.high[index] ?? 0),
      );
      expect(loss.at(near, new Float64Array(layout.size))).toBeGreaterThanOrEqual(found.value - 1e-6);
    }
  });
});

test('late in a search the long search for hyperparameters finds a model where the short one sees noise', async () => {
  const { space, trials } = lateSearchSchema.parse(JSON.parse(await readFile(lateSearch, 'utf8')));
  const geometry = geometryOf(space);
  const layout = hyperparametersOf(geometry.dimensions);
  const history = trials.map(([parameters, value], number) => ({ number, index: number, parameters, origin: {}, value }));
  const evidence = gatherEvidence('minimize', geometry, { history, pending: [] }, gpSettings.mostModelled);
  const { points, values: plain } = thinned(evidence, gpSettings.mostFitted);
  const values = halfRanked(plain);
  const fitted = (settings: FitSettings) => {
    const theta = mostProbable(layout, { points, values }, settings);
    return { noise: Math.exp(theta[layout.noise] ?? 0), loss: new Loss(layout, points, values).at(theta, new Float64Array(layout.size)) };
  };
  const [short, long] = [fitted(gpSettings.fit), fitted(gpSettings.longFit)];
  expect(short.noise).toBeGreaterThan(0.01);
  expect(long.noise).toBeLessThan(0.001);
  expect(long.loss).toBeLessThan(short.loss - 50);
});

test('the logarithm of the expected improvement is exact where the improvement underflows', () => {
  for (const [at, expected] of vectors.logImprovements) expect(logImprovement(at) / expected, `at ${at}`).toBeCloseTo(1, 9);
  // Mills' ratio: h(z) → φ(z) / z² for z → −∞.
  for (const at of [-999, -1001, -1e6]) {
    const limit = -0.5 * at * at - 0.5 * Math.log(2 * Math.PI) - 2 * Math.log(-at);
    expect(logImprovement(at) / limit, `at ${at}`).toBeCloseTo(1, 9);
  }
});

test('quantiles of the normal distribution are those of SciPy', () => {
  for (const [probability, quantile] of vectors.quantiles) expect(normalQuantile(probability), `${probability}`).toBeCloseTo(quantile, 11);
});

describe('outputs', () => {
  test.each(vectors.halfRanked)('%j half-ranked are as SciPy has them', (values, expected) => {
    const found = halfRanked(Float64Array.from(values));
    for (const [index, value] of expected.entries()) expect(found[index]).toBeCloseTo(value, 9);
  });

  test('that are all alike become zeros', () => {
    expect([...standardised(Float64Array.of(3, 3, 3))]).toEqual([0, 0, 0]);
    // Their mean is not exactly a tenth.
    expect([...standardised(Float64Array.of(0.1, 0.1, 0.1))]).toEqual([0, 0, 0]);
  });
});
