import type { Coefficients } from './coefficients.ts';

/** Place and velocity of a particle along one numeric parameter. */
export interface Motion {
  /** Coordinate of the unit interval. */
  readonly position: number;
  /** Change of the coordinate in a generation. */
  readonly velocity: number;
}

/** The best places that draw a particle along one parameter: its own, and its informants'. null: there is none yet. */
export interface Attractors {
  readonly own: number | null;
  readonly informants: number | null;
}

/**
 * Moves a particle along a numeric parameter. A missing attractor does not pull. The velocity is limited to ± `maxVelocity`. A move that
 * leaves the unit interval ends halfway to the bound that it crossed, with velocity 0. Of the usual rules (a stop at the bound, a
 * bounce off it, a mirror image) none did better on the problems of `bench/regret`.
 *
 * @param random r₁ and r₂, uniform in [0, 1)
 */
export function movedNumber(
  { position, velocity }: Motion,
  attractors: Attractors,
  { coefficients, maxVelocity }: { readonly coefficients: Coefficients; readonly maxVelocity: number },
  random: { readonly own: number; readonly informants: number },
): Motion {
  const pull = (kind: keyof Attractors): number => {
    const attractor = attractors[kind];
    return attractor === null ? 0 : coefficients[kind] * random[kind] * (attractor - position);
  };
  const wanted = coefficients.inertia * velocity + pull('own') + pull('informants');
  const limited = Math.min(Math.max(wanted, -maxVelocity), maxVelocity);
  const reached = position + limited;
  if (reached < 0) return motion(position / 2, 0);
  if (reached > 1) return motion((position + 1) / 2, 0);
  return motion(reached, limited);
}

/**
 * Moves a particle along a categorical parameter, whose choices have no distance. Following geometric particle swarm optimisation
 * (Moraglio, Di Chio and Poli, "Geometric Particle Swarm Optimisation", 2007), the new choice is the particle's current one, that of its own best position or that of
 * its informants' best, with P ∝ the factors of the velocity equation; a missing attractor is left out. Then, with the probability `mutation`, a
 * uniformly random choice takes its place.
 *
 * @param choice index of the current choice
 * @param random uniform in [0, 1): which source, whether it mutates, and the random choice
 */
export function movedChoice(
  choice: number,
  { own, informants }: Attractors,
  { coefficients, mutation, choices }: { readonly coefficients: Coefficients; readonly mutation: number; readonly choices: number },
  random: { readonly source: number; readonly mutation: number; readonly choice: number },
): number {
  if (random.mutation < mutation) return Math.floor(random.choice * choices);
  const kept = coefficients.inertia;
  const toOwn = own === null ? 0 : coefficients.own;
  const toInformants = informants === null ? 0 : coefficients.informants;
  const target = random.source * (kept + toOwn + toInformants);
  if (target < toOwn && own !== null) return own;
  if (target < toOwn + toInformants && informants !== null) return informants;
  return choice;
}

/** A motion to 12 decimal places: the origins of trials, which store it, are shorter so. */
export function motion(position: number, velocity: number): Motion {
  return { position: rounded(position), velocity: rounded(velocity) };
}

function rounded(value: number): number {
  // + 0 turns −0 into 0, as canonical text writes both.
  return Math.round(value * 1e12) / 1e12 + 0;
}
