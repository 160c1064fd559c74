import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import type { Direction, Suggestion } from '../../../src/samplers/contract.ts';
import type { Observation } from '../../../src/samplers/observation.ts';
import { swarmOptionsSchema } from '../../../src/samplers/swarm/options.ts';
import { swarmSampler } from '../../../src/samplers/swarm/sampler.ts';
import type { SwarmState } from '../../../src/samplers/swarm/state.ts';
import { randomStream } from '../../../src/shared/random.ts';
import type { Configuration } from '../../../src/space/configuration.ts';
import { type SearchSpace, searchSpaceSchema } from '../../../src/space/schema.ts';

const numbers = searchSpaceSchema.parse([
  { type: 'float', name: 'x', low: 0, high: 1 },
  { type: 'int', name: 'n', low: 1, high: 4 },
  { type: 'categorical', name: 'kind', choices: ['a', 'b', 'c'] },
]);
const stream = (purpose: string, ...indices: number[]) => randomStream(9, purpose, ...indices);
const optionsOf = (options: object) => swarmOptionsSchema.parse({ type: 'swarm', ...options });
const originOf = ({ origin }: Suggestion) =>
  z
    .object({
      generation: z.int(),
      slot: z.int(),
      position: z.array(z.number()),
      velocity: z.array(z.number()),
      own: z.int().nullable(),
      informant: z.int().nullable(),
    })
    .parse(origin);

type Values = (parameters: Configuration, number: number) => number | null;
interface Guest {
  readonly parameters: Configuration;
  readonly value: number | null;
}
interface Course {
  readonly options?: object;
  readonly values: Values;
  readonly direction?: Direction;
  readonly space?: SearchSpace;
  /** Trials that clients gave, before the members of a generation. */
  readonly guests?: Readonly<Record<number, readonly Guest[]>>;
  /** Members of the last generation that the budget leaves. */
  readonly last?: number;
}

/** Runs generations. */
function swarmed(count: number, { options = {}, values, direction = 'minimize', space = numbers, guests = {}, last }: Course) {
  const [problem, parsed] = [{ space, direction }, optionsOf(options)];
  const suggestions: Suggestion[] = [];
  const observations: Observation[] = [];
  let state = swarmSampler.init(problem, parsed);
  for (let generation = 0; generation < count; generation += 1) {
    const wanted = generation === count - 1 && last !== undefined ? last : parsed.particles;
    const proposal = swarmSampler.suggest(problem, parsed, state, {
      firstIndex: state.firstTrial,
      count: wanted,
      stream,
      history: [],
      pending: [],
    });
    if (proposal.kind !== 'suggestions') throw new Error('a new generation has trials to suggest');
    const given = (guests[generation] ?? []).map((guest, place) => ({
      ...guest,
      number: observations.length + place,
      index: null,
      origin: {},
    }));
    const members = proposal.suggestions.map((suggestion, slot) => {
      const number = observations.length + given.length + slot;
      return { ...suggestion, number, index: state.firstTrial + slot, value: values(suggestion.parameters, number) };
    });
    suggestions.push(...proposal.suggestions);
    observations.push(...given, ...members);
    state = swarmSampler.observe(problem, parsed, state, [...given, ...members]);
  }
  return { suggestions, observations, state, ask: (firstIndex: number) => asked(problem, parsed, state, firstIndex) };
}

function asked(
  problem: { space: SearchSpace; direction: Direction },
  options: ReturnType<typeof optionsOf>,
  state: SwarmState,
  at: number,
) {
  const proposal = swarmSampler.suggest(problem, options, state, { firstIndex: at, count: 1, stream, history: [], pending: [] });
  const [suggestion] = proposal.kind === 'suggestions' ? proposal.suggestions : [];
  if (!suggestion) throw new Error('there is a trial to suggest');
  return suggestion;
}

const bowl: Values = ({ x, n, kind }) => (Number(x) - 0.3) ** 2 + (Number(n) - 2) ** 2 / 9 + (kind === 'b' ? 0 : 0.5);
const bestsOf = ({ particles }: SwarmState) => particles.map(({ best }) => best?.trial ?? null);

describe('a swarm', () => {
  test.each([{}, { topology: 'global' }, { movement: { kind: 'constriction' } }])(
    'settles at the least value of a bowl (%j)',
    (options) => {
      const { observations } = swarmed(40, { options, values: bowl });
      const [least] = [...observations].sort((one, other) => Number(one.value) - Number(other.value));
      expect(least?.parameters).toMatchObject({ n: 2, kind: 'b' });
      expect(least?.parameters['x']).toBeCloseTo(0.3, 2);
    },
  );

  test('begins at the points of a design, one in each share of a number, with velocities within the limit', () => {
    const { suggestions } = swarmed(1, { options: { particles: 8, maxVelocity: 0.05 }, values: bowl });
    const cells = suggestions.map(({ parameters }) => Math.floor(8 * Number(parameters['x'])));
    expect(cells.sort()).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    const velocities = suggestions.flatMap((suggestion) => originOf(suggestion).velocity);
    expect(Math.max(...velocities.map(Math.abs))).toBe(0.05);
    expect(suggestions.map((suggestion) => [originOf(suggestion).own, originOf(suggestion).informant])).toEqual(
      Array.from({ length: 8 }, () => [null, null]),
    );
  });

  test('evaluates the value whose share of a range has the coordinate, and keeps the place between the steps', () => {
    const { suggestions } = swarmed(4, { values: bowl });
    for (const suggestion of suggestions) {
      const place = originOf(suggestion).position[1] ?? Number.NaN;
      expect(suggestion.parameters['n']).toBe(1 + Math.min(Math.floor(4 * place), 3));
    }
    const places = suggestions.map((suggestion) => 4 * (originOf(suggestion).position[1] ?? 0));
    expect(places.filter((place) => Math.abs(place - Math.floor(place) - 0.5) > 0.01).length).toBeGreaterThan(16);
  });

  test('moves parameters that do not exist in a configuration, and shows those that do', () => {
    const space = searchSpaceSchema.parse([
      { type: 'categorical', name: 'kind', choices: ['a', 'b'] },
      { type: 'float', name: 'x', low: 0, high: 1, when: { parameter: 'kind', values: ['b'] } },
    ]);
    const { suggestions } = swarmed(6, { space, options: { mutation: 0.5 }, values: ({ x }) => Number(x ?? 0.5) });
    const unseen = suggestions.filter(({ parameters }) => parameters['kind'] === 'a');
    expect(unseen.length).toBeGreaterThan(4);
    for (const suggestion of unseen) {
      expect(Object.keys(suggestion.parameters)).toEqual(['kind']);
      expect(originOf(suggestion).position).toHaveLength(2);
    }
    expect(unseen.some((suggestion) => originOf(suggestion).velocity[1] !== 0)).toBe(true);
  });
});

describe('a move', () => {
  test('depends on seed, generation, slot and state alone: any one can be asked for by itself', () => {
    const problem = { space: numbers, direction: 'minimize' } as const;
    const { state } = swarmed(3, { values: bowl });
    const request = { firstIndex: 24, count: 8, stream, history: [], pending: [] };
    const all = swarmSampler.suggest(problem, optionsOf({}), state, request);
    expect(all.kind === 'suggestions' && all.suggestions[5]).toEqual(asked(problem, optionsOf({}), state, 29));
  });

  test('is not suggested before its generation may begin, nor after it closed', () => {
    const problem = { space: numbers, direction: 'minimize' } as const;
    const { state } = swarmed(1, { values: bowl });
    const ask = (firstIndex: number) =>
      swarmSampler.suggest(problem, optionsOf({}), state, { firstIndex, count: 1, stream, history: [], pending: [] });
    expect(ask(16)).toEqual({ kind: 'waiting' });
    expect(() => ask(7)).toThrow('belongs to a closed generation');
  });

  test('names the trials that drew it: the best of its own, and the best among its informants', () => {
    const values: Values = (_parameters, number) => [5, 3, 9, 1, 7, 8][number] ?? 10;
    const { ask } = swarmed(2, { options: { particles: 6, neighbours: 1 }, values });
    const origins = [0, 1, 2, 3, 4, 5].map((slot) => originOf(ask(12 + slot)));
    expect(origins.map(({ own }) => own)).toEqual([0, 1, 2, 3, 4, 5]);
    expect(origins.map(({ informant }) => informant)).toEqual([1, 1, 3, 3, 3, 0]);
  });
});

describe('an own best', () => {
  test('is the best value by direction, and of equal ones the earlier', () => {
    const values: Values = (_parameters, number) => [1, 2, 3, 4, 2, 2, 2, 2][number] ?? 0;
    const options = { particles: 4 };
    expect(bestsOf(swarmed(2, { options, values }).state)).toEqual([0, 1, 6, 7]);
    expect(bestsOf(swarmed(2, { options, values, direction: 'maximize' }).state)).toEqual([4, 1, 2, 3]);
  });

  test('is never a trial without a value; its particle moves on from there', () => {
    const values: Values = (_parameters, number) => (number === 1 || number === 4 || number > 7 ? null : number);
    const { state, suggestions, ask } = swarmed(3, { options: { particles: 4, topology: 'global' }, values });
    expect(bestsOf(state)).toEqual([0, 5, 2, 3]);
    expect(state.particles.map(({ trial, value }) => [trial, value])).toEqual([8, 9, 10, 11].map((trial) => [trial, null]));
    expect(state.particles[2]?.position).toEqual(suggestions[10] && originOf(suggestions[10]).position);
    expect(originOf(ask(12))).toMatchObject({ own: 0, informant: 0 });
  });

  test('is none as long as its particle only failed: its informants alone draw it', () => {
    const options = { particles: 4, maxVelocity: 0.01 };
    const { state, ask } = swarmed(2, { options, values: (_parameters, number) => (number % 4 === 2 ? null : 1) });
    expect(bestsOf(state)).toEqual([0, 1, null, 3]);
    const { own, informant, position } = originOf(ask(10));
    expect([own, informant]).toEqual([null, 0]);
    expect(Math.abs((position[0] ?? 0) - (state.particles[2]?.position[0] ?? 1))).toBeLessThanOrEqual(0.01);
  });

  test('of no informant: the particle starts again, at the next point of the design', () => {
    const { suggestions } = swarmed(3, { options: { particles: 4 }, values: () => null });
    const cells = suggestions.slice(0, 8).map(({ parameters }) => Math.floor(8 * Number(parameters['x'])));
    expect(cells.sort()).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    expect(new Set(suggestions.map((suggestion) => originOf(suggestion).position[0])).size).toBe(12);
    expect(suggestions.every((suggestion) => originOf(suggestion).informant === null)).toBe(true);
  });
});

describe('a guest', () => {
  const options = { particles: 4, topology: 'global' };
  const values: Values = (_parameters, number) => 10 + number;
  const guest = (value: number | null, x = 0.25): Guest => ({ parameters: { x, n: 3, kind: 'c' }, value });

  test('takes the place of the worst own best if it is better, the better guest that of the worse one', () => {
    const { state } = swarmed(1, { options, values, guests: { 0: [guest(12), guest(5), guest(99)] } });
    expect(bestsOf(state)).toEqual([3, 4, 0, 1]);
    expect(state.particles[3]?.best).toMatchObject({ value: 5, position: [0.25, 0.625, 2] });
    expect(state.particles.map(({ trial }) => trial)).toEqual([3, 4, 5, 6]);
  });

  test('draws the swarm, and is no member of the generation', () => {
    const { state, ask } = swarmed(2, { options, values, guests: { 1: [guest(1)] } });
    expect(originOf(ask(8)).informant).toBe(4);
    expect(swarmSampler.population(state).map(({ trial }) => trial)).toEqual([5, 6, 7, 8]);
  });

  test('is dropped if no own best is worse, or if it has no value', () => {
    const { state } = swarmed(1, { options, values, guests: { 0: [guest(null), guest(50)] } });
    expect(bestsOf(state)).toEqual([2, 3, 4, 5]);
  });

  test('goes first to a particle that has no best position', () => {
    const { state } = swarmed(1, { options, values: (_parameters, number) => (number === 2 ? null : number), guests: { 0: [guest(50)] } });
    expect(bestsOf(state)).toEqual([1, 0, 3, 4]);
  });

  test('draws its particle nowhere along a parameter that it does not have', () => {
    const space = searchSpaceSchema.parse([
      { type: 'categorical', name: 'kind', choices: ['a', 'b'] },
      { type: 'float', name: 'x', low: 0, high: 1, when: { parameter: 'kind', values: ['b'] } },
    ]);
    const { state } = swarmed(1, { space, options, values, guests: { 0: [{ parameters: { kind: 'a' }, value: 0 }] } });
    const [particle] = state.particles.filter(({ best }) => best?.trial === 0);
    expect(particle?.best?.position).toEqual([0, particle?.position[1]]);
  });
});

describe('a generation that the budget cuts short', () => {
  test('moves the particles that it evaluated; the others stay, and count as left over', () => {
    const options = { particles: 4 };
    const whole = swarmed(2, { options, values: bowl });
    const { state, suggestions } = swarmed(3, { options, values: bowl, last: 2 });
    expect(state.firstTrial).toBe(10);
    expect(swarmSampler.population(state).map(({ trial, elite }) => [trial, elite])).toEqual([
      [8, false],
      [9, false],
      [6, true],
      [7, true],
    ]);
    expect(state.particles[3]).toEqual({ ...whole.state.particles[3], evaluated: false });
    expect(state.particles[1]?.position).toEqual(suggestions[9] && originOf(suggestions[9]).position);
  });

  test('may be the first: particles that were not evaluated start in the next', () => {
    const { ask } = swarmed(1, { options: { particles: 4, topology: 'global' }, values: bowl, last: 2 });
    expect(originOf(ask(3)).informant).not.toBeNull();
    expect(originOf(ask(4))).toMatchObject({ slot: 2, own: null, informant: null });
  });
});

test('a trial of another generation, slot or space cannot be observed', () => {
  const { observations } = swarmed(2, { options: { particles: 4 }, values: bowl });
  const observed = (trials: readonly Observation[], space = numbers) => {
    const [problem, options] = [{ space, direction: 'minimize' } as const, optionsOf({ particles: 4 })];
    return () => swarmSampler.observe(problem, options, swarmSampler.init(problem, options), trials);
  };
  expect(observed(observations.slice(0, 4))).not.toThrow();
  expect(observed(observations.slice(4))).toThrow('not particle 0 of this generation');
  expect(observed(observations.slice(1, 4))).toThrow('not particle 0 of this generation');
  expect(observed(observations.slice(0, 4), numbers.slice(0, 2))).toThrow('another search space');
});

describe('the options of the swarm sampler', () => {
  test('have defaults that bench/regret chose', () => {
    expect(optionsOf({})).toEqual({
      type: 'swarm',
      particles: 8,
      movement: { kind: 'inertia', inertia: 0.5, own: 1.5, informants: 1.5 },
      topology: 'ring',
      neighbours: 2,
      maxVelocity: 0.3,
      mutation: 0.1,
    });
    expect(optionsOf({ movement: { kind: 'constriction' } }).movement).toEqual({ kind: 'constriction', own: 2.05, informants: 2.05 });
  });

  test('refuse pulls for which there is no constriction factor', () => {
    const { error } = swarmOptionsSchema.safeParse({ type: 'swarm', movement: { kind: 'constriction', own: 1, informants: 3 } });
    expect(error?.issues.map(({ path, message }) => [path, message])).toEqual([
      [['movement', 'own'], 'own + informants must be above 4, got 4: below, nothing makes the particles settle'],
    ]);
  });

  test('shrink with the square root of a scale, as the generations do', () => {
    const noted: unknown[] = [];
    const note = (what: string, from: number, to: number) => {
      noted.push([what, from, to]);
      return to;
    };
    const scaled = swarmSampler.scale(optionsOf({ particles: 20 }), { generations: 30 }, 0.25, note);
    expect(scaled).toEqual({ options: optionsOf({ particles: 10 }), budget: { generations: 15 } });
    expect(noted).toEqual([
      ['particles', 20, 10],
      ['generations', 30, 15],
    ]);
    expect(swarmSampler.scale(optionsOf({}), {}, 0, (_what, _from, to) => to)).toEqual({
      options: optionsOf({ particles: 4 }),
      budget: {},
    });
  });

  test('are named in reports', () => {
    expect(swarmSampler.describe(optionsOf({}))).toBe('particle swarm: 8 particles, inertia 0.5, ring with 2 neighbours on each side');
    expect(swarmSampler.describe(optionsOf({ topology: 'global', movement: { kind: 'constriction' } }))).toBe(
      'particle swarm: 8 particles, constriction, φ = 4.1, global',
    );
  });

  test('fix the number of trials of so many generations', () => {
    const problem = { space: numbers, direction: 'minimize' } as const;
    expect(swarmSampler.size(problem, optionsOf({}), { generations: 5 })).toBe(40);
    expect(swarmSampler.size(problem, optionsOf({}), { trials: 5 })).toBeNull();
  });
});

describe('a modified document is refused:', () => {
  const options = optionsOf({ particles: 4 });
  const problem = { space: numbers, direction: 'minimize' } as const;
  const { observations } = swarmed(1, { options: { particles: 4 }, values: (_, number) => number });
  const start = swarmSampler.init(problem, options);
  const state = swarmSampler.observe(problem, options, start, observations);
  const places = [
    ['a coordinate above 1', [1.5, 0.5, 0]],
    ['a fraction of a choice', [0.5, 0.5, 0.5]],
    ['a choice beyond the last', [0.5, 0.5, 3]],
    ['a coordinate too few', [0.5, 0.5]],
  ] as const;

  test.each(places)('a trial has %s', (_title, position) => {
    const moved = observations.map((each) => ({ ...each, origin: { ...each.origin, position: [...position] } }));
    expect(() => swarmSampler.observe(problem, options, start, moved)).toThrow('another search space');
  });

  test.each(places)('a particle of its state has %s', (_title, position) => {
    const request = { firstIndex: 4, count: 1, stream, history: [], pending: [] };
    const ask = (change: (particle: SwarmState['particles'][number]) => object) => () => {
      const particles = state.particles.map((particle) => ({ ...particle, ...change(particle) }));
      swarmSampler.suggest(problem, options, { ...state, particles }, request);
    };
    expect(ask(() => ({}))).not.toThrow();
    expect(ask(() => ({ position: [...position] }))).toThrow('another search space');
    expect(ask(({ best }) => ({ best: best && { ...best, position: [...position] } }))).toThrow('another search space');
  });
});
