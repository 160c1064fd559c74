import type { SwarmOptions } from './options.ts';

/** The factors of the velocity equation: v′ = `inertia` · v + `own` · r₁ · (p − x) + `informants` · r₂ · (g − x). */
export interface Coefficients {
  readonly inertia: number;
  readonly own: number;
  readonly informants: number;
}

/**
 * The factors of a movement. Those of `inertia` are its options (Shi and Eberhart, "A Modified Particle Swarm Optimizer", 1998).
 * Those of `constriction` are χ, χ · φ₁ and χ · φ₂, with
 *
 *   χ = 2 / |2 − φ − √(φ² − 4φ)|, φ = φ₁ + φ₂ > 4
 *
 * (Clerc and Kennedy, "The Particle Swarm – Explosion, Stability, and Convergence in a Multidimensional Complex Space", 2002: κ = 1).
 */
export function coefficientsOf(movement: SwarmOptions['movement']): Coefficients {
  if (movement.kind === 'inertia') return movement;
  const { own, informants } = movement;
  const sum = own + informants;
  const constriction = 2 / Math.abs(2 - sum - Math.sqrt(sum ** 2 - 4 * sum));
  return { inertia: constriction, own: constriction * own, informants: constriction * informants };
}
