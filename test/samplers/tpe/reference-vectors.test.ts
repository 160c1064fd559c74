import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { geometryOf } from '../../../src/samplers/tpe/geometry.ts';
import { type EstimatorRule, parzenEstimator } from '../../../src/samplers/tpe/parzen-estimator.ts';
import { gatherEvidence } from '../../../src/samplers/tpe/past.ts';
import { type Sample, splitSamples } from '../../../src/samplers/tpe/samples.ts';
import { hyperoptSettings, magicClip } from '../../../src/samplers/tpe/settings.ts';
import { linearForgetting } from '../../../src/samplers/tpe/weights.ts';
import {
  type Parameter,
  type ParameterValue,
  parameterSchema,
  parameterValueSchema,
  searchSpaceSchema,
} from '../../../src/space/schema.ts';
import { cardinality, encodeUnit, unitShare } from '../../../src/space/unit-cube.ts';
import { sampleAt } from './samples.ts';

const densities = { good: z.array(z.number()), bad: z.array(z.number()) };
const places = z.array(z.int());
const hyperoptSchema = z.object({
  cases: z.array(
    z.object({
      title: z.string(),
      parameter: parameterSchema,
      values: z.array(parameterValueSchema),
      losses: z.array(z.number().nullable()),
      split: z.object({ good: places, bad: places }),
      points: z.array(parameterValueSchema),
      ...densities,
    }),
  ),
});
const columns = z.array(z.array(parameterValueSchema));
const optunaSchema = z.object({
  cases: z.array(
    z.object({
      title: z.string(),
      parameters: z.array(parameterSchema),
      priorWeight: z.number(),
      goodValues: columns,
      badValues: columns,
      points: columns,
      ...densities,
    }),
  ),
});

function vectors<T>(name: string, schema: z.ZodType<T>): T {
  return schema.parse(JSON.parse(readFileSync(new URL(`../../vectors/${name}`, import.meta.url), 'utf8')));
}

function coordinatesOf(sample: Sample | undefined): number[] {
  const column = sample?.columns[0];
  return [...(sample?.trials ?? [])].map((trial) => column?.centres[column.slots[trial] ?? -1] ?? Number.NaN);
}

/** What optuna's sampler does by default. */
const optunaRule = (priorWeight: number): EstimatorRule => ({
  priorWeight,
  bandwidth: { prior: false, least: magicClip },
  truncation: 'each',
  categories: ({ count, choices }) => (choices * priorWeight) / (count + 1 + choices * priorWeight),
});

describe.each(vectors('tpe-hyperopt.json', hyperoptSchema).cases)('as hyperopt on $title', (vector) => {
  const { parameter, points } = vector;
  const space = searchSpaceSchema.parse([parameter]);
  const geometry = geometryOf(space);
  const history = vector.values.map((value, number) => ({
    number,
    index: number,
    parameters: { x: value },
    origin: {},
    value: vector.losses[number] ?? null,
  }));
  const evidence = gatherEvidence(['minimize'], geometry, { history, pending: [] });
  const [group] = geometry.groups.apart;
  const split = group && splitSamples(evidence, group, hyperoptSettings);
  const density = (kind: 'good' | 'bad') => {
    const sample = split?.[kind] ?? sampleAt([], []);
    const mixture = parzenEstimator(sample, linearForgetting(sample.trials), hyperoptSettings.estimator);
    return points.map((value) => mixture.logDensity([unitShare(parameter, value)]) - logUnits(parameter, value, 'value'));
  };

  test('splits the history alike', () => {
    const own = (trials: readonly number[]) => trials.map((trial) => encodeUnit(parameter, vector.values[trial] ?? 0));
    expect(coordinatesOf(split?.good)).toEqual(own(vector.split.good));
    expect(coordinatesOf(split?.bad)).toEqual(own(vector.split.bad));
  });

  test('gives points the same densities and the same rank by expected improvement', () => {
    const [good, bad] = [density('good'), density('bad')];
    expectAlike(good, vector.good);
    expectAlike(bad, vector.bad);
    expectSameRanking(good, bad, vector);
  });
});

describe.each(vectors('tpe-optuna.json', optunaSchema).cases)('as optuna on $title', (vector) => {
  const { parameters } = vector;
  const axes = geometryOf(searchSpaceSchema.parse(parameters)).groups.apart.flatMap(({ members }) => members.map(({ axis }) => axis));
  const density = (values: readonly (readonly ParameterValue[])[]) => {
    const encoded = parameters.map((parameter, index) => (values[index] ?? []).map((value) => encodeUnit(parameter, value)));
    const sample = sampleAt(axes, encoded);
    const mixture = parzenEstimator(sample, linearForgetting(sample.trials), optunaRule(vector.priorWeight));
    return (vector.points[0] ?? []).map((_, place) => {
      const point = parameters.map((parameter, index) => ({ parameter, value: vector.points[index]?.[place] ?? 0 }));
      const units = point.reduce((sum, { parameter, value }) => sum + logUnits(parameter, value, 'scale'), 0);
      return mixture.logDensity(point.map(({ parameter, value }) => unitShare(parameter, value))) - units;
    });
  };

  test('gives points the same densities and the same rank by expected improvement', () => {
    const [good, bad] = [density(vector.goodValues), density(vector.badValues)];
    expectAlike(good, vector.good);
    expectAlike(bad, vector.bad);
    expectSameRanking(good, bad, vector);
  });
});

/** The logarithm of what one unit of the unit interval is at a value: of the value or of its scale. A mass has no unit. */
function logUnits(parameter: Parameter, value: ParameterValue, per: 'value' | 'scale'): number {
  if (parameter.type === 'categorical' || Number.isFinite(cardinality(parameter))) return 0;
  if (parameter.scale === 'linear') return Math.log(parameter.high - parameter.low);
  return Math.log(Math.log(parameter.high / parameter.low)) + (per === 'value' ? Math.log(Number(value)) : 0);
}

function expectAlike(own: readonly number[], reference: readonly number[]): void {
  expect(own).toHaveLength(reference.length);
  for (const [index, value] of own.entries()) {
    const wanted = reference[index] ?? Number.NaN;
    // Logarithms: what is absolute here is relative for the densities.
    expect(Math.abs(value - wanted), `point ${index}: ${value}, not ${wanted}`).toBeLessThan(1e-9);
  }
}

/** Ranks agree where the reference's scores differ by more than rounding. */
function expectSameRanking(
  good: readonly number[],
  bad: readonly number[],
  reference: { good: readonly number[]; bad: readonly number[] },
): void {
  const score = (l: readonly number[], g: readonly number[]) => l.map((value, index) => value - (g[index] ?? Number.NaN));
  const [own, theirs] = [score(good, bad), score(reference.good, reference.bad)];
  for (const [i, a] of theirs.entries())
    for (const [j, b] of theirs.entries()) if (a - b > 1e-8) expect((own[i] ?? 0) - (own[j] ?? 0)).toBeGreaterThan(0);
}
