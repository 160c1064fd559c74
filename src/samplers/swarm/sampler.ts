import { invariant } from '../../shared/errors.ts';
import type { RandomStream } from '../../shared/random.ts';
import type { Problem, Sampler, Suggestion, SuggestionRequest } from '../contract.ts';
import { stopMark } from '../observation.ts';
import { scaledGenerations } from '../scaled-generations.ts';
import { type Best, informantsBest } from './bests.ts';
import { coefficientsOf } from './coefficients.ts';
import { describeSwarm } from './describe.ts';
import { type Motion, movedChoice, movedNumber } from './movement.ts';
import { type SwarmOptions, swarmOptionsSchema } from './options.ts';
import { configurationAt } from './position.ts';
import { type Start, startsOf } from './start.ts';
import { checkParticles, closeGeneration, type Particle, type SwarmState, swarmStateSchema } from './state.ts';

/** Least size at which there are informants. */
const leastParticles = 4;

/**
 * Particle swarm optimisation, the future work that Poudel et al. name ("Hyperparameter Tuning in LSTM Network"). A generation moves every
 * particle once, and ends when all of them are evaluated (the synchronous update):
 *
 * | here                     | in the literature                                                                               |
 * | ------------------------ | ----------------------------------------------------------------------------------------------- |
 * | position, velocity       | x and v (Kennedy and Eberhart, 1995)                                                            |
 * | `best`, own best         | p, pbest                                                                                        |
 * | informants' best         | g: gbest of the topology `global`, lbest of `ring` (Kennedy and Mendes, 2002)                   |
 * | `coefficientsOf`         | w, c₁, c₂ (Shi and Eberhart, 1998), or χ, χφ₁, χφ₂ (Clerc and Kennedy, 2002)                    |
 * | `movedNumber`            | v ← wv + c₁r₁(p − x) + c₂r₂(g − x), x ← x + v, with r₁ and r₂ for each particle and parameter    |
 * | `movedChoice`            | geometric particle swarm optimisation (Moraglio, Di Chio and Poli, 2007)                        |
 * | `maxVelocity`            | V_max                                                                                           |
 * | `startsOf`               | half the difference to a random point as first velocity (Standard PSO 2007)                     |
 *
 * Particles move in the unit cube; what is evaluated is the configuration at their position (`configurationAt`). A trial without a value
 * (failed, or not finite) is no best position: its particle moves on from there. As long as no informant of a particle has a best
 * position, it starts again at another point of the design. A trial that was stopped early is a best position only where there is no completed one: a
 * particle's own as long as it has none, and its informants' as long as none of them has. Ties go to the lower trial number. A trial that a client gave is a guest: its
 * position replaces the worst own best if it is better (`closeGeneration`). A move depends on (seed, generation, slot) and the state alone.
 */
export const swarmSampler: Sampler<typeof swarmOptionsSchema, SwarmState> = {
  name: 'swarm',
  version: 1,
  summary: 'Moves a swarm of particles toward the best positions that they and their neighbours found.',
  optionsSchema: swarmOptionsSchema,
  pinned: null,
  stateSchema: swarmStateSchema,
  learns: 'generations',
  skipsGiven: false,
  cost: 'instant',
  check: () => [],
  defaultParallelism: ({ particles }) => particles,
  size: (_problem, { particles }, { generations }) => (generations === undefined ? null : particles * generations),
  scale: (options, budget, factor, note) => scaledGenerations(['particles', leastParticles], options, budget, factor, note),
  describe: describeSwarm,
  init: () => ({ version: 1, generation: 0, firstTrial: 0, particles: [] }),
  observe: (problem, _options, state, observations) => closeGeneration(problem, state, observations),
  suggest(problem, options, state, { firstIndex, count, stream }) {
    const firstSlot = firstIndex - state.firstTrial;
    const slots = Math.min(count, options.particles - firstSlot);
    invariant(firstSlot >= 0, `suggestion ${firstIndex} belongs to a closed generation`);
    if (slots <= 0) return { kind: 'waiting' };
    checkParticles(problem, state);
    const start = startsOf(problem.space, options.maxVelocity, stream);
    return {
      kind: 'suggestions',
      suggestions: Array.from({ length: slots }, (_, index) =>
        particleAt(problem, options, state, { slot: firstSlot + index, start, stream }),
      ),
    };
  },
  generation: ({ particles }, { generation, firstTrial }) => ({ index: generation, firstIndex: firstTrial, size: particles }),
  population: ({ particles }) =>
    particles.map((particle) => ({ trial: particle.trial, value: particle.value, ...stopMark(particle), elite: !particle.evaluated })),
};

function particleAt(
  problem: Problem,
  options: SwarmOptions,
  state: SwarmState,
  { slot, start, stream }: { readonly slot: number; readonly start: Start; readonly stream: SuggestionRequest['stream'] },
): Suggestion {
  const { space, direction } = problem;
  const { generation } = state;
  const particle = state.particles[slot];
  const bests = state.particles.map(({ best }) => best);
  const leader = informantsBest(direction, options, bests, slot);
  const drawn = particle && leader ? { particle, leader } : null;
  const motions = drawn ? moved(problem, options, drawn, stream('move', generation, slot)) : start(generation * options.particles + slot);
  const position = motions.map((motion) => motion.position);
  return {
    parameters: configurationAt(space, position),
    origin: {
      sampler: 'swarm',
      generation,
      slot,
      position,
      velocity: motions.map(({ velocity }) => velocity),
      own: drawn?.particle.best?.trial ?? null,
      informant: drawn?.leader.trial ?? null,
    },
  };
}

/** A particle, and the best position among its informants. */
interface Drawn {
  readonly particle: Particle;
  readonly leader: Best;
}

function moved({ space }: Problem, options: SwarmOptions, { particle, leader }: Drawn, stream: RandomStream): Motion[] {
  const rule = { ...options, coefficients: coefficientsOf(options.movement) };
  return space.map((parameter, index) => {
    const at = { position: particle.position[index] ?? 0, velocity: particle.velocity[index] ?? 0 };
    const attractors = { own: particle.best?.position[index] ?? null, informants: leader.position[index] ?? null };
    if (parameter.type !== 'categorical') return movedNumber(at, attractors, rule, { own: stream.uniform(), informants: stream.uniform() });
    const random = { source: stream.uniform(), mutation: stream.uniform(), choice: stream.uniform() };
    const position = movedChoice(at.position, attractors, { ...rule, choices: parameter.choices.length }, random);
    return { position, velocity: 0 };
  });
}
