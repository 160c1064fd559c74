import { describe, expect, test } from 'vitest';
import type { Problem } from '../../../src/samplers/contract.ts';
import { withChoicesOf } from '../../../src/samplers/gp/branch.ts';
import { geometryOf, type Point, pointOf } from '../../../src/samplers/gp/dimensions.ts';
import { gatherEvidence } from '../../../src/samplers/gp/evidence.ts';
import { hyperparametersOf } from '../../../src/samplers/gp/hyperparameters.ts';
import { type LocalInputs, localModel } from '../../../src/samplers/gp/local-model.ts';
import { priorShape } from '../../../src/samplers/gp/proposals.ts';
import { suggestionFor } from '../../../src/samplers/gp/sampler.ts';
import { type GpSettings, gpSettings } from '../../../src/samplers/gp/settings.ts';
import type { Observation } from '../../../src/samplers/observation.ts';
import { randomStream } from '../../../src/shared/random.ts';
import { type Configuration, configurationFrom } from '../../../src/space/configuration.ts';
import { type SearchSpace, searchSpaceSchema } from '../../../src/space/schema.ts';
import { canonicalValue, decodeUnit } from '../../../src/space/unit-cube.ts';
import { sampleSpace, sampleSpaceNames } from '../../support/search-spaces.ts';

const stream = (purpose: string, ...indices: number[]) => randomStream(7, purpose, ...indices);
const square = searchSpaceSchema.parse(['x', 'y'].map((name) => ({ type: 'float', name, low: 0, high: 1 })));
const bowl = ({ x, y }: Configuration) => (Number(x) - 0.4) ** 2 + (Number(y) - 0.7) ** 2;

type Result = Pick<Observation, 'value' | 'violation' | 'prunedAt' | 'values'>;

/** Trials drawn at random. */
function randomTrials(space: SearchSpace, count: number, result: (parameters: Configuration, number: number) => Result): Observation[] {
  const draws = randomStream(3, 'random-trials');
  return Array.from({ length: count }, (_, number) => {
    const parameters = configurationFrom(space, (parameter) => decodeUnit(parameter, draws.uniform()));
    return { number, index: number, parameters, origin: {}, ...result(parameters, number) };
  });
}

/** A local model around one of the trials. */
function modelAround(space: SearchSpace, history: Observation[], best: number, more: Partial<LocalInputs> = {}) {
  const geometry = geometryOf(space);
  const evidence = gatherEvidence('minimize', geometry, { history, pending: [] }, 400);
  const settings = { from: 0, base: 3, perNumber: 2, most: 100 };
  const centre = pointOf(geometry, history[best]?.parameters ?? {});
  const shape = priorShape(hyperparametersOf(geometry.dimensions));
  return {
    geometry,
    centre,
    model: localModel({ geometry, evidence, chances: [], settings, fit: gpSettings.longFit, ...more }, centre, shape),
  };
}

function bestOf(history: readonly Observation[]): number {
  return history.reduce((best, { value }, index) => (Number(value) < Number(history[best]?.value) ? index : best), 0);
}

describe('a local model', () => {
  const history = randomTrials(square, 60, (parameters) => ({ value: 1e-6 * bowl(parameters) }));
  const best = bestOf(history);

  test('looks in the smallest box around the best point that has its nearest trials', () => {
    const { model, geometry, centre } = modelAround(square, history, best);
    const [x = 0, y = 0] = centre;
    const nearest = history
      .map(({ parameters }) => pointOf(geometry, parameters))
      .sort((one, two) => Math.hypot(Number(one[0]) - x, Number(one[1]) - y) - Math.hypot(Number(two[0]) - x, Number(two[1]) - y))
      .slice(0, 3 + 2 * 2);
    const half = (part: number) => Math.max(...nearest.map((point) => Math.abs(Number(point[part]) - Number(centre[part]))));
    for (const part of [0, 1]) {
      expect(model?.box.low[part]).toBeCloseTo(Number(centre[part]) - half(part), 12);
      expect(model?.box.high[part]).toBeCloseTo(Number(centre[part]) + half(part), 12);
    }
  });

  test('expects more from the bottom of a bowl than from the points around it', () => {
    const { model } = modelAround(square, history, best, { settings: { from: 0, base: 30, perNumber: 0, most: 100 } });
    const scores = model?.acquisition.score(
      [
        [0.4, 0.7],
        [0.3, 0.7],
        [0.5, 0.7],
        [0.4, 0.6],
        [0.4, 0.8],
      ].map((point) => Float64Array.from(point)),
    );
    expect(scores?.indexOf(Math.max(...(scores ?? [])))).toBe(0);
  });

  test('multiplies what it expects by the chance that a trial succeeds', () => {
    const half = { logChances: (points: readonly Point[]) => new Float64Array(points.length).fill(Math.log(0.5)) };
    const point = Float64Array.of(0.41, 0.72);
    const plain = modelAround(square, history, best).model;
    const halved = modelAround(square, history, best, { chances: [half] }).model;
    const scores = [plain, halved].map((model) => model?.acquisition.score([point])[0] ?? Number.NaN);
    expect(Math.exp(Number(scores[1]) - Number(scores[0]))).toBeCloseTo(0.5, 9);
  });

  test('measures improvements from no trial that is beyond a limit', () => {
    const bad = randomTrials(square, 60, (parameters, number) => {
      const value = 1e-6 * bowl(parameters);
      if (number === best) return { value };
      return number % 3 === 0 ? { value: null } : { value: value - 1, violation: 0.5 };
    });
    const { model } = modelAround(square, bad, best);
    const [score] = model?.acquisition.score([Float64Array.of(0.45, 0.75)]) ?? [];
    expect(score).toBeGreaterThan(-3);
  });

  test('is not made of fewer trials than its numbers need, nor where there are no numbers', () => {
    expect(modelAround(square, history.slice(0, 4), 0).model).toBeNull();
    expect(modelAround(square, history.slice(0, 5), 0).model).not.toBeNull();
    const choices = searchSpaceSchema.parse([{ type: 'categorical', name: 'c', choices: ['a', 'b', 'c'] }]);
    const trials = randomTrials(choices, 20, () => ({ value: 1 }));
    expect(modelAround(choices, trials, 0).model).toBeNull();
  });

  test('of a stepped parameter leaves room for the next values, where all trials have the same', () => {
    const space = searchSpaceSchema.parse([
      { type: 'float', name: 'x', low: 0, high: 1 },
      { type: 'int', name: 'n', low: 0, high: 10 },
    ]);
    const trials = randomTrials(space, 30, ({ x }) => ({ value: Number(x) })).map((trial) => ({
      ...trial,
      parameters: { ...trial.parameters, n: 5 },
    }));
    const { model } = modelAround(space, trials, bestOf(trials));
    expect(Number(model?.box.high[1]) - Number(model?.box.low[1])).toBeCloseTo(2 / 11, 9);
  });
});

describe('a local model of a conditional space', () => {
  const space = searchSpaceSchema.parse([
    { type: 'categorical', name: 'kind', choices: ['a', 'b'] },
    { type: 'float', name: 'x', low: 0, high: 1 },
    { type: 'float', name: 'y', low: 0, high: 1, when: { parameter: 'kind', values: ['a'] } },
  ]);
  const history = randomTrials(space, 60, ({ kind, x }) => ({ value: kind === 'b' ? Number(x) : 2 }));
  const { geometry, centre, model } = modelAround(space, history, bestOf(history));

  test('judges its own branch alone', () => {
    const scores = model?.acquisition.score([Float64Array.of(1, 0.02, Number.NaN), Float64Array.of(0, 0.02, 0.5)]);
    expect(scores?.[0]).toBeGreaterThan(-20);
    expect(scores?.[1]).toBe(Number.NEGATIVE_INFINITY);
  });

  test('bounds only the parameters that exist there', () => {
    expect([model?.box.low[2], model?.box.high[2]]).toEqual([0, 1]);
    expect(Number(model?.box.high[1])).toBeLessThan(1);
  });

  test('gets places with the choices of its centre', () => {
    const settle = withChoicesOf(geometry, centre, (place) => place);
    expect([...settle(Float64Array.of(0, 0.5, 0.5))]).toEqual([1, 0.5, 0.5]);
  });
});

const settings: GpSettings = { ...gpSettings, local: { from: 12, base: 4, perNumber: 1, most: 12 } };
const results: Readonly<Record<string, (number: number) => Result>> = {
  'all bring a value': (number) => ({ value: (number * 37) % 11 }),
  'all are alike': () => ({ value: 0.5 }),
  'every third fails': (number) => ({ value: number % 3 === 0 ? null : (number * 37) % 11 }),
  'values are huge': (number) => ({ value: number % 2 === 0 ? 1e300 : 1e-300 }),
  'most are beyond a limit': (number) => ({ value: number % 7, violation: number % 5 === 0 ? 0 : number % 3 }),
  'half are stopped': (number) => ({ value: number % 7, ...(number % 2 === 0 && { prunedAt: 3 }) }),
};

/** Too few trials are in the branch of the best one. */
const tooFew: readonly string[] = ['conditions within conditions: values are huge', 'conditions within conditions: half are stopped'];

describe.each(sampleSpaceNames)('in %s', (name) => {
  const space = sampleSpace(name);
  const problem: Problem = { space, direction: 'minimize' };

  test.each(Object.keys(results))('where %s, a suggestion is a configuration of the space, and the same each time', (title) => {
    const history = randomTrials(space, 30, (_, number) => results[title]?.(number) ?? { value: null });
    const pending = randomTrials(space, 2, () => ({ value: null })).map(({ parameters }) => parameters);
    const suggest = () => suggestionFor(problem, 4, settings, { firstIndex: 33, count: 1, history, pending, stream });
    const { parameters, origin } = suggest();
    expect(configurationFrom(space, ({ name: own }) => parameters[own] ?? 'missing')).toEqual(parameters);
    for (const parameter of space) {
      const value = parameters[parameter.name];
      if (value !== undefined) expect(canonicalValue(parameter, value)).toBe(value);
    }
    expect(origin['phase']).toBe(tooFew.includes(`${name}: ${title}`) ? 'nearby' : 'local');
    expect(suggest()).toEqual({ parameters, origin });
  });
});

describe('the phase of a suggestion', () => {
  const phaseOf = (count: number, firstIndex: number, problem: Problem = { space: square, direction: 'minimize' }) => {
    const history = randomTrials(square, count, (parameters) => ({
      value: bowl(parameters),
      values: [bowl(parameters), Number(parameters['x'])],
    }));
    return suggestionFor(problem, 4, gpSettings, { firstIndex, count: 1, history, pending: [], stream }).origin['phase'];
  };

  test('is "local" for one in four from 70 values on', () => {
    expect([80, 81, 82, 83].map((index) => phaseOf(80, index))).toEqual(['model', 'local', 'model', 'nearby']);
    expect(phaseOf(69, 81)).toBe('nearby');
    expect(phaseOf(70, 81)).toBe('local');
  });

  test('is not that with several metrics', () => {
    expect(phaseOf(80, 81, { space: square, direction: 'minimize', directions: ['minimize', 'maximize'] })).toBe('nearby');
  });

  test('is not that where a whole number decides about the branch, and all of the branch was tried', () => {
    const space = searchSpaceSchema.parse([
      { type: 'int', name: 'n', low: 1, high: 3 },
      { type: 'int', name: 'x', low: 1, high: 8, when: { parameter: 'n', values: [2] } },
      { type: 'float', name: 'y', low: 0, high: 1, when: { parameter: 'n', values: [1, 3] } },
    ]);
    const others = randomTrials(space, 110, ({ y }) => ({ value: 2 + Number(y) })).filter(({ parameters }) => parameters['n'] !== 2);
    const branch = Array.from({ length: 8 }, (_, index) => ({ parameters: { n: 2, x: 1 + index }, origin: {}, value: index / 8 }));
    const history = [...others, ...branch].map((trial, number) => ({ ...trial, number, index: number }));
    expect(history.length).toBeGreaterThan(gpSettings.local?.from ?? 0);
    for (const firstIndex of [81, 85, 89]) {
      const request = { firstIndex, count: 1, history, pending: [], stream };
      const { origin } = suggestionFor({ space, direction: 'minimize' }, 4, gpSettings, request);
      expect(origin['phase']).not.toBe('local');
      expect(origin['acquisition']).not.toBeNull();
    }
  });
});
