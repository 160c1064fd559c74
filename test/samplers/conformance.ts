import { describe, expect, test } from 'vitest';
import type { BoundSampler } from '../../src/samplers/bound-sampler.ts';
import type { Direction, Member, Problem, Suggestion } from '../../src/samplers/contract.ts';
import type { Observation } from '../../src/samplers/observation.ts';
import { type SamplerOptions, samplerFor, samplers } from '../../src/samplers/table.ts';
import { randomStream } from '../../src/shared/random.ts';
import { isActive } from '../../src/space/configuration.ts';
import type { SearchSpace } from '../../src/space/schema.ts';
import { canonicalValue } from '../../src/space/unit-cube.ts';

/** One space and choice of options that a sampler must cope with. */
export interface ConformanceCase {
  readonly title: string;
  readonly space: SearchSpace;
  readonly options: SamplerOptions;
  /** Number of metrics. Default: 1. */
  readonly metrics?: number;
  /** True: every fourth trial breaks a constraint. Default: there are none. */
  readonly constrained?: boolean;
}

/** The value of each trial, by its number. */
type Values = (number: number) => number | null;

interface Outcomes {
  readonly valueAt: Values;
  /** Step after which a trial was stopped early; undefined: it was not. Studies with several metrics stop none. */
  readonly stopAfter?: (number: number) => number | undefined;
}

/** A value for every trial, some of them alike; as objectives go, deterministic. */
const plain: Values = (number) => ((number * 37) % 11) / 10 - 0.3;
const outcomes: Readonly<Record<string, Outcomes>> = {
  'all bring a value': { valueAt: plain },
  'every third fails': { valueAt: (number) => (number % 3 === 0 ? null : plain(number)) },
  'all fail': { valueAt: () => null },
  'all are alike': { valueAt: () => 0.5 },
  'values are huge': { valueAt: (number) => (number % 2 === 0 ? 1e300 : 1e-300) },
  'most are stopped, some before they had a value': {
    valueAt: (number) => (number % 7 === 6 ? null : plain(number)),
    stopAfter: (number) => (number % 3 === 1 ? undefined : 1 + (number % 4)),
  },
  'all are stopped': { valueAt: plain, stopAfter: (number) => 1 + (number % 2) },
};

/** The result of each trial, by its number. */
type Results = (number: number) => Pick<Observation, 'value' | 'values' | 'violation' | 'prunedAt'>;

/** Results of as many metrics as a case has: the further ones take values of later trials, so that they conflict. */
function resultsOf({ metrics = 1, constrained = false }: ConformanceCase, { valueAt, stopAfter }: Outcomes): Results {
  return (number) => {
    const value = valueAt(number);
    const others = Array.from({ length: metrics - 1 }, (_, other) => valueAt(number + 4 * (other + 1)) ?? 0);
    const prunedAt = metrics === 1 ? stopAfter?.(number) : undefined;
    if (prunedAt !== undefined) return { value, prunedAt };
    return {
      value,
      ...(value !== null && metrics > 1 && { values: [value, ...others] }),
      ...(value !== null && constrained && { violation: number % 4 === 0 ? 0.5 + (number % 8) : 0 }),
    };
  };
}

/** Directions of all metrics of a case; they take turns. */
function problemOf({ space, metrics = 1 }: ConformanceCase, turn: number): Problem {
  const directions = Array.from({ length: metrics }, (_, metric): Direction => ((turn + metric) % 2 === 0 ? 'maximize' : 'minimize'));
  return { space, direction: directions[0] ?? 'maximize', ...(metrics > 1 && { directions }) };
}

/** Trials of a search: fewer of a sampler that takes long for each. */
function lengthOf({ cost }: BoundSampler): number {
  return cost === 'slow' ? 14 : 40;
}

interface Search {
  readonly suggestions: readonly Suggestion[];
  readonly observations: readonly Observation[];
  readonly state: unknown;
}

interface Course {
  readonly results: Results;
  readonly seed?: number;
  /** Suggestions asked for at once, of a sampler that does not look at a window. */
  readonly batch?: number;
  /** Trials open at once, where the sampler looks at a window of results. */
  readonly parallelism?: number;
  /** A change of the state between any two calls. */
  readonly between?: (state: unknown) => unknown;
}

/** A case in one direction with one kind of outcomes. */
interface Situation {
  readonly title: string;
  readonly sampler: BoundSampler;
  readonly space: SearchSpace;
  readonly results: Results;
  /** The plain search, made once: every promise compares another search with it. */
  readonly whole: () => Search;
}

/**
 * The promises of every sampler: suggestions within the space and canonical, a pure function of seed, number and state;
 * state that is JSON and can be rebuilt from the observations. A new sampler is one call of this.
 *
 * Each test goes through all kinds of outcomes, but for those that repeat long searches: they take two kinds, which take turns from
 * case to case. Directions take turns as well, so that every space, every choice of options and every kind of outcome is searched in
 * both of them.
 */
export function samplerConformance(name: keyof typeof samplers, cases: readonly ConformanceCase[]): void {
  describe(`the ${name} sampler`, () => {
    test('stores its options with every default, and options are their own canonical form', () => {
      const least = name === 'list' ? { type: name, points: [{}] } : { type: name };
      const options = samplers[name].optionsSchema.parse(least);
      expect(samplers[name].optionsSchema.parse(JSON.parse(JSON.stringify(options)))).toEqual(options);
      expect(() => samplers[name].optionsSchema.parse({ ...least, mistyped: 1 })).toThrow();
    });

    test('is the one that its name in the options chooses', () => {
      const [each] = cases;
      expect(each && samplerFor({ space: each.space, direction: 'maximize' }, each.options).name).toBe(name);
    });

    for (const [place, each] of cases.entries()) {
      describe(`searching ${each.title}`, () => {
        statePromises(each, samplerFor(problemOf(each, 0), each.options));
        suggestionPromises(situationsOf(each, place), place);
      });
    }
  });
}

function situationsOf(each: ConformanceCase, place: number): Situation[] {
  return Object.entries(outcomes).map(([title, outcome], index) => {
    const problem = problemOf(each, place + index);
    const sampler = samplerFor(problem, each.options);
    const results = resultsOf(each, outcome);
    let whole: Search | null = null;
    const made = (): Search => {
      whole ??= search(sampler, { results });
      return whole;
    };
    return { title: `where ${title}, to ${problem.direction}`, sampler, space: each.space, results, whole: made };
  });
}

/** Two of the situations; others for the next case. */
function someOf(situations: readonly Situation[], place: number): Situation[] {
  return situations.filter((_, index) => (index + 2 * place) % situations.length < 2);
}

function suggestionPromises(situations: readonly Situation[], place: number): void {
  const learnsFromHistory = situations.some(({ sampler }) => sampler.learns === 'history');

  test('suggests canonical values of exactly the parameters that exist', () => {
    for (const { title, space, whole } of situations) expectCanonical(space, whole().suggestions, title);
  });

  test('suggests the same for the same seed, from a state that went through JSON and may not be changed', () => {
    const between = (state: unknown) => deepFreeze(JSON.parse(JSON.stringify(state)));
    const repeated = learnsFromHistory ? someOf(situations, place) : situations;
    for (const { title, sampler, results, whole } of repeated) expect(search(sampler, { results, between }), title).toEqual(whole());
  });

  test('has a state that is rebuilt from the observations alone', () => {
    for (const { title, sampler, whole } of situations) expect(rebuilt(sampler, whole().observations), title).toEqual(whole().state);
  });

  // A member that a rung stopped has completed its trial.
  const stopped = situations.filter(({ sampler }) => !sampler.hasRungs);
  if (stopped.length > 0) {
    test('marks the members that were stopped, and keeps none as an elite while a completed one is left out', () => {
      for (const { title, sampler, whole } of stopped) expectElitesCompleted(sampler, whole().observations, title);
    });
  }

  if (learnsFromHistory) windowPromises(someOf(situations, place));
  else {
    test.each([1, 3, 7])('suggests the same when asked for %i at a time', (batch) => {
      for (const { title, sampler, results, whole } of situations) expect(search(sampler, { results, batch }), title).toEqual(whole());
    });
  }
}

function windowPromises(situations: readonly Situation[]): void {
  test('suggests the same again with four trials open at a time, given other objects of the same content', () => {
    for (const { title, sampler, results } of situations) {
      const once = search(sampler, { results, parallelism: 4 });
      expect(once.suggestions, title).toHaveLength(lengthOf(sampler));
      expect(search(sampler, { results, parallelism: 4 }), title).toEqual(once);
    }
  });

  test('suggests where later trials finished before earlier ones: canonical values, and the same again', () => {
    for (const { title, sampler, space, results } of situations) {
      const suggested = outOfOrder(sampler, results);
      expectCanonical(space, suggested, title);
      expect(outOfOrder(sampler, results), title).toEqual(suggested);
    }
  });
}

function expectElitesCompleted(sampler: BoundSampler, observations: readonly Observation[], title: string): void {
  const stops = new Map(observations.map(({ number, prunedAt }) => [number, prunedAt]));
  for (const [before, after] of populationsOf(sampler, observations)) {
    for (const { trial, prunedAt } of after) expect(prunedAt, `${title}: trial ${trial}`).toBe(stops.get(trial));
    if (!after.some(({ elite, prunedAt }) => elite && prunedAt !== undefined)) continue;
    const kept = after.map(({ trial }) => trial);
    for (const { trial, value, prunedAt } of before) if (value !== null && prunedAt === undefined) expect(kept, title).toContain(trial);
  }
}

/** Of each closed generation, the population before and after it. */
function populationsOf(sampler: BoundSampler, observations: readonly Observation[]): (readonly [readonly Member[], readonly Member[]])[] {
  const pairs: (readonly [readonly Member[], readonly Member[]])[] = [];
  let state = sampler.init();
  for (let from = 0; from < observations.length; ) {
    const before = sampler.population(state);
    const size = sampler.generation(state)?.size ?? observations.length;
    state = sampler.observe(state, observations.slice(from, from + size));
    pairs.push([before, sampler.population(state)]);
    from += size;
  }
  return pairs;
}

function expectCanonical(space: SearchSpace, suggestions: readonly Suggestion[], title: string): void {
  for (const { parameters } of suggestions) {
    const active = space.filter((parameter) => isActive(parameter, parameters));
    expect(Object.keys(parameters), title).toEqual(active.map((parameter) => parameter.name));
    for (const parameter of active) {
      const value = parameters[parameter.name];
      expect(value !== undefined && canonicalValue(parameter, value), title).toBe(value);
    }
  }
}

function statePromises(each: ConformanceCase, sampler: BoundSampler): void {
  test('searches as many metrics as the case has', () => {
    expect(sampler.mostMetrics).toBeGreaterThanOrEqual(each.metrics ?? 1);
  });

  test('has no fault to find with these options', () => {
    expect(sampler.check()).toEqual([]);
  });

  test('refuses a state of another version', () => {
    const state = Object.assign({}, sampler.init(), { version: 999 });
    expect(() => sampler.observe(state, [])).toThrow();
    expect(() => sampler.suggest(state, { firstIndex: 0, count: 1, stream: streamOf(1), history: [], pending: [] })).toThrow();
  });

  test('suggests otherwise for another seed, unless it draws nothing', () => {
    const [one, other] = [1, 2].map((seed) => search(sampler, { results: resultsOf(each, { valueAt: plain }), seed }).suggestions);
    if (sampler.name === 'grid' || sampler.name === 'list') expect(one).toEqual(other);
    else expect(one).not.toEqual(other);
  });
}

/** Drives a sampler until it suggested enough or has no more. */
function search(sampler: BoundSampler, course: Course): Search {
  return sampler.learns === 'history' ? windowSearch(sampler, course) : batchSearch(sampler, course);
}

/** Keeps so many trials open and observes the oldest of them whenever no more may be: trial n sees the results of 0 … n − p. */
function windowSearch(sampler: BoundSampler, { results, seed = 1, parallelism = 1, between = (state) => state }: Course): Search {
  const suggestions: Suggestion[] = [];
  const observations: Observation[] = [];
  let state = between(sampler.init());
  while (suggestions.length < lengthOf(sampler)) {
    const pending = suggestions.slice(observations.length).map(({ parameters }) => parameters);
    const request = { firstIndex: suggestions.length, count: 1, stream: streamOf(seed), history: [...observations], pending };
    const proposal = sampler.suggest(state, deepFreeze(request));
    if (proposal.kind === 'exhausted') break;
    if (proposal.kind === 'waiting') throw new Error('a sampler that sees a window waits for nothing here');
    expect(proposal.suggestions).toHaveLength(1);
    suggestions.push(...proposal.suggestions);
    const oldest = suggestions[observations.length];
    if (!oldest || suggestions.length - observations.length < parallelism) continue;
    const seen = observed(oldest, observations.length, results);
    state = between(sampler.observe(state, deepFreeze([seen])));
    observations.push(seen);
  }
  return { suggestions, observations, state };
}

/** Every third trial never finishes: each suggestion sees all the others that came before. */
function outOfOrder(sampler: BoundSampler, results: Results): Suggestion[] {
  const suggestions: Suggestion[] = [];
  const state = sampler.init();
  for (let firstIndex = 0; firstIndex < lengthOf(sampler); firstIndex += 1) {
    const history = suggestions.map((suggestion, number) => observed(suggestion, number, results)).filter(({ number }) => number % 3 !== 0);
    const pending = suggestions.filter((_, number) => number % 3 === 0).map(({ parameters }) => parameters);
    const proposal = sampler.suggest(state, deepFreeze({ firstIndex, count: 1, stream: streamOf(1), history, pending }));
    if (proposal.kind === 'suggestions') suggestions.push(...proposal.suggestions);
  }
  expect(suggestions).toHaveLength(lengthOf(sampler));
  return suggestions;
}

/** Observes generations whole, others one by one. */
function batchSearch(sampler: BoundSampler, { results, seed = 1, batch = lengthOf(sampler), between = (state) => state }: Course): Search {
  const suggestions: Suggestion[] = [];
  const observations: Observation[] = [];
  let state = between(sampler.init());
  while (suggestions.length < lengthOf(sampler)) {
    const count = Math.min(batch, lengthOf(sampler) - suggestions.length);
    const history = sampler.readsHistory ? [...observations] : [];
    const pending = sampler.readsHistory ? suggestions.slice(observations.length).map(({ parameters }) => parameters) : [];
    const request = { firstIndex: suggestions.length, count, stream: streamOf(seed), history, pending };
    const proposal = sampler.suggest(state, deepFreeze(request));
    if (proposal.kind === 'exhausted') break;
    if (proposal.kind === 'suggestions') {
      expect(proposal.suggestions.length).toBeGreaterThanOrEqual(1);
      expect(proposal.suggestions.length).toBeLessThanOrEqual(count);
      suggestions.push(...proposal.suggestions);
    }
    const seen = suggestions
      .slice(observations.length)
      .map((suggestion, index) => observed(suggestion, observations.length + index, results));
    const generation = sampler.generation(state);
    if (generation && observations.length + seen.length < generation.firstIndex + generation.size) continue;
    if (!generation && proposal.kind === 'waiting') throw new Error('a sampler without generations waits for nothing here');
    observations.push(...seen);
    state = between(sampler.observe(state, deepFreeze(seen)));
  }
  return { suggestions, observations, state };
}

function observed({ parameters, origin }: Suggestion, number: number, results: Results): Observation {
  return { number, index: number, parameters, origin: JSON.parse(JSON.stringify(origin)), ...results(number) };
}

function rebuilt(sampler: BoundSampler, observations: readonly Observation[]): unknown {
  let state = sampler.init();
  for (let from = 0; from < observations.length; ) {
    const size = sampler.generation(state)?.size ?? 1;
    state = sampler.observe(state, observations.slice(from, from + size));
    from += size;
  }
  return state;
}

function streamOf(seed: number) {
  return (purpose: string, ...indices: number[]) => randomStream(seed, purpose, ...indices);
}

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null) {
    for (const member of Object.values(value)) deepFreeze(member);
    Object.freeze(value);
  }
  return value;
}
