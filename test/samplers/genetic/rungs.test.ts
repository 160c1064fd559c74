import { describe, expect, test } from 'vitest';
import { type GeneticOptions, geneticOptionsSchema } from '../../../src/samplers/genetic/options.ts';
import { geneticSampler } from '../../../src/samplers/genetic/sampler.ts';
import type { GeneticState } from '../../../src/samplers/genetic/state.ts';
import type { Observation } from '../../../src/samplers/observation.ts';
import { continuedBy } from '../../../src/samplers/origin.ts';
import { randomStream } from '../../../src/shared/random.ts';
import { searchSpaceSchema } from '../../../src/space/schema.ts';

const space = searchSpaceSchema.parse([
  { type: 'int', name: 'speed', low: 1, high: 64 },
  { type: 'int', name: 'epochs', low: 1, high: 15 },
]);
const problem = { space, direction: 'maximize' as const, fidelity: 'epochs' };
const optionsOf = (rungs: object) => geneticOptionsSchema.parse({ type: 'genetic', population: 13, elites: 6, rungs });
const bySearch = optionsOf({ minSteps: 1, stepFactor: 2, reductionFactor: 3, promotion: 'search' });
const byGeneration = optionsOf({ minSteps: 1, reductionFactor: 3 });

interface Course {
  readonly trials: readonly Observation[];
  /** States after each rung. */
  readonly states: readonly GeneticState[];
}

/** Runs whole generations. */
function course(options: GeneticOptions, generations: number, measure: (speed: number, epochs: number) => number | null): Course {
  const trials: Observation[] = [];
  const states = [geneticSampler.init(problem, options)];
  const stream = (purpose: string, ...indices: number[]) => randomStream(4, purpose, ...indices);
  for (let state = states[0] as GeneticState; state.generation < generations; ) {
    const { firstIndex = 0, size = 0 } = geneticSampler.generation(options, state) ?? {};
    const proposal = geneticSampler.suggest(problem, options, state, { firstIndex, count: size, history: [], pending: [], stream });
    if (proposal.kind !== 'suggestions') throw new Error(proposal.kind);
    const seen = proposal.suggestions.map(({ parameters, origin }, place) => {
      const number = firstIndex + place;
      const value = measure(Number(parameters['speed']), Number(parameters['epochs']));
      return { number, index: number, parameters, origin, value };
    });
    trials.push(...seen);
    state = geneticSampler.observe(problem, options, state, seen);
    states.push(geneticSampler.stateSchema.parse(JSON.parse(JSON.stringify(state))));
  }
  return { trials, states };
}

/** Fast learners are ahead after one epoch and lose what they learnt; slow ones come out ahead after eight. */
const crossing = (speed: number, epochs: number) => (speed > 32 ? 0.6 - 0.02 * epochs + speed / 1000 : 0.5 + 0.04 * epochs - speed / 1000);

describe('a genetic search with rungs and the promotion search', () => {
  const { trials, states } = course(bySearch, 12, crossing);

  test('measures after 1, 2, 4, 8 epochs and all, none longer than its genome asks for', () => {
    for (const { parameters, origin } of trials) {
      const asked = Number(origin['steps']);
      const level = [1, 2, 4, 8, 15][Number(origin['rung'])] ?? 0;
      expect(parameters['epochs']).toBe(Math.min(asked, level));
    }
    expect(new Set(trials.map(({ origin }) => origin['rung'])).size).toBeGreaterThan(3);
  });

  test('lets those go on that are among the best third of all results of their rung so far', () => {
    const continued = new Set(trials.map(({ origin }) => continuedBy(origin)));
    const first = trials.filter(({ origin }) => origin['rung'] === 0);
    const last = Math.max(...first.map(({ origin }) => Number(origin['generation'])));
    for (let generation = 0; generation <= last; generation += 1) {
      const soFar = first.filter(({ origin }) => Number(origin['generation']) <= generation);
      const values = [...new Set(soFar.map(({ value }) => Number(value)))].sort((one, other) => other - one);
      const cut = values[Math.max(1, Math.floor(values.length / 3)) - 1] ?? 0;
      for (const { number, value, origin } of soFar.filter((trial) => trial.origin['generation'] === generation))
        expect(continued.has(number)).toBe(Number(value) >= cut && Number(origin['steps']) > 1);
    }
  });

  test('gives an individual the best value of its rungs as fitness, and names the trial that had it', () => {
    const members = geneticSampler.population(states.find(({ generation }) => generation === 1) as GeneticState);
    const trialsOf = (number: number): Observation[] => {
      const trial = trials[number] as Observation;
      const earlier = continuedBy(trial.origin);
      return [...(earlier === null ? [] : trialsOf(earlier)), trial];
    };
    const continued = new Set(trials.map(({ origin }) => continuedBy(origin)));
    const lasts = trials.filter(({ number, origin }) => origin['generation'] === 0 && !continued.has(number)).map(({ number }) => number);
    expect(members).toHaveLength(13);
    for (const number of lasts) {
      const own = trialsOf(number);
      const best = Math.max(...own.map(({ value }) => Number(value)));
      const member = members.find(({ trial }) => own.some((each) => each.number === trial));
      expect(member?.value).toBe(best);
      expect(trials[Number(member?.trial)]?.value).toBe(best);
    }
    expect(members.some(({ trial }) => continued.has(trial))).toBe(true);
  });

  test('keeps the value of an earlier rung where the next one failed, and goes on with no trial that failed', () => {
    const failing = course(bySearch, 2, (speed, epochs) => (epochs === 2 ? null : crossing(speed, epochs)));
    const failed = failing.trials.filter(({ value }) => value === null).map(({ number }) => number);
    expect(failed.length).toBeGreaterThan(0);
    expect(failing.trials.filter(({ origin }) => failed.includes(continuedBy(origin) ?? -1))).toEqual([]);
    const members = failing.states.flatMap((state) => geneticSampler.population(state));
    expect(members.length).toBeGreaterThan(0);
    expect(members.filter(({ value }) => value === null)).toEqual([]);
  });

  test('keeps no result of its last rung, and as many rungs as it has levels', () => {
    expect(states.at(-1)?.record).toHaveLength(4);
    expect(
      states
        .at(-1)
        ?.record?.flat()
        .every(({ value }) => Number.isFinite(value)),
    ).toBe(true);
  });

  test('counts each individual at each rung among the most trials that it may have', () => {
    expect(geneticSampler.size(problem, bySearch, { generations: 3 })).toBe(5 * (13 + 2 * 7));
    expect(course(bySearch, 3, crossing).trials.length).toBeLessThanOrEqual(5 * 27);
  });

  test('is described with its steps and where individuals are compared', () => {
    expect(geneticSampler.describe(bySearch)).toContain(
      'rungs from 1 step on, each with 2 times the steps of the one before, η = 3 over the whole search',
    );
  });
});

describe('a genetic search with rungs that names no promotion', () => {
  test('compares within a generation, as it did before there was a choice', () => {
    const named = course(optionsOf({ minSteps: 1, reductionFactor: 3, promotion: 'generation', stepFactor: 3 }), 6, crossing);
    const { trials, states } = course(byGeneration, 6, crossing);
    expect(trials).toEqual(named.trials);
    expect(states.every(({ record }) => record === undefined)).toBe(true);
    expect(geneticSampler.describe(byGeneration)).toContain('rungs from 1 step on, η = 3');
  });
});
