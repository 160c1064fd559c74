import { z } from 'zod';
import { invariant } from '../../shared/errors.ts';
import type { Direction, Problem } from '../contract.ts';
import { isBeyondLimits, type Observation, stopMark } from '../observation.ts';
import { type Best, bestSchema, type Ranked, ranksBefore, worstFirst } from './bests.ts';
import { isPositionIn, positionOf, positionSchema } from './position.ts';

const particleSchema = z.strictObject({
  position: positionSchema,
  /** Change by a generation, by parameter; 0 for a categorical one. */
  velocity: z.array(z.number()),
  /** The trial that evaluated it last, and its value. */
  trial: z.int().min(0),
  value: z.number().nullable(),
  /** Step after which that trial was stopped early; absent: it was not. */
  prunedAt: z.int().min(1).optional(),
  /** True if the generation closed last evaluated it; false if the budget ended before its turn. */
  evaluated: z.boolean(),
  /** The best position that it found, or got from a guest; null as long as none had a value. */
  best: bestSchema.nullable(),
});

export type Particle = z.output<typeof particleSchema>;

export const swarmStateSchema = z.strictObject({
  version: z.literal(1),
  /** The generation being evaluated, from 0. */
  generation: z.int().min(0),
  /** Index of the first suggestion of that generation. */
  firstTrial: z.int().min(0),
  /** The particles by slot; empty before the first generation closes. */
  particles: z.array(particleSchema),
});

export type SwarmState = z.output<typeof swarmStateSchema>;

/** What a suggestion says of its particle, as `observe` reads it back. */
const moveSchema = z.object({
  generation: z.int().min(0),
  slot: z.int().min(0),
  position: positionSchema,
  velocity: z.array(z.number()),
});

/**
 * Closes the generation being evaluated: each particle is where its trial was evaluated, which becomes its own best position if it is
 * better than the one before. Particles whose trials the budget cut off stay as they were. Then the guests (trials that clients gave) join.
 */
export function closeGeneration(problem: Problem, state: SwarmState, observations: readonly Observation[]): SwarmState {
  checkParticles(problem, state);
  const members = observations.filter(({ index }) => index !== null);
  const moved = members.map((member, slot) => movedParticle(problem, state, member, slot));
  const left = state.particles.slice(moved.length).map((particle) => ({ ...particle, evaluated: false }));
  return {
    version: 1,
    generation: state.generation + 1,
    firstTrial: state.firstTrial + members.length,
    particles: withGuests(
      problem,
      [...moved, ...left],
      observations.filter(({ index }) => index === null),
    ),
  };
}

/** @throws Error if particles are in another search space, as in a modified document */
export function checkParticles({ space }: Problem, { particles }: SwarmState): void {
  for (const { trial, position, velocity, best } of particles) {
    const isHere = isPositionIn(space, position) && velocity.length === space.length && (!best || isPositionIn(space, best.position));
    invariant(isHere, `the particle of trial ${trial} is in another search space`);
  }
}

function movedParticle({ direction, space }: Problem, state: SwarmState, member: Observation, slot: number): Particle {
  const { position, velocity, ...move } = moveSchema.parse(member.origin);
  const { number: trial, value } = member;
  invariant(move.generation === state.generation && move.slot === slot, `trial ${trial} is not particle ${slot} of this generation`);
  invariant(isPositionIn(space, position) && velocity.length === space.length, `trial ${trial} is in another search space`);
  const before = state.particles[slot]?.best ?? null;
  const best =
    value === null || isBeyondLimits(member) ? before : betterOf(direction, before, { trial, value, ...stopMark(member), position });
  return { position, velocity, trial, value, ...stopMark(member), evaluated: true, best };
}

function betterOf(direction: Direction, before: Best | null, found: Best): Best {
  return before && !ranksBefore(direction, found, before) ? before : found;
}

/**
 * Guests become best positions: the best guest takes the place of the worst own best, the second guest that of the second worst, and
 * so on, as long as the guest is better. Particles keep their places and velocities. A guest without a value is ignored; along a
 * parameter that does not exist in its configuration, it draws its particle nowhere.
 */
function withGuests({ direction, space }: Problem, particles: readonly Particle[], given: readonly Observation[]): Particle[] {
  const guests = given
    .flatMap((guest): (Ranked & Pick<Observation, 'parameters'>)[] => {
      const { number: trial, value, parameters } = guest;
      return value === null || isBeyondLimits(guest) ? [] : [{ trial, value, ...stopMark(guest), parameters }];
    })
    .sort((one, other) => (ranksBefore(direction, one, other) ? -1 : 1));
  const bests = particles.map(({ best }) => best);
  const changed = [...particles];
  for (const [place, slot] of worstFirst(direction, bests).entries()) {
    const [guest, particle] = [guests[place], particles[slot]];
    if (!guest || !particle || (particle.best && !ranksBefore(direction, guest, particle.best))) break;
    const { parameters, ...found } = guest;
    changed[slot] = { ...particle, best: { ...found, position: positionOf(space, parameters, particle.position) } };
  }
  return changed;
}
