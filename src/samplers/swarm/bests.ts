import { z } from 'zod';
import type { Direction } from '../contract.ts';
import { comparedResults } from '../ranked.ts';
import type { SwarmOptions } from './options.ts';
import { positionSchema } from './position.ts';

export const bestSchema = z.strictObject({
  /** The trial that was evaluated there. */
  trial: z.int().min(0),
  value: z.number(),
  /** Step after which the trial was stopped early; absent: it was not. */
  prunedAt: z.int().min(1).optional(),
  position: positionSchema,
});

/** The best position that a particle knows. */
export type Best = z.output<typeof bestSchema>;

/** The members of a best position that rank it. */
export type Ranked = Pick<Best, 'trial' | 'value' | 'prunedAt'>;

/** True if the first of two different trials is better, as `ranked.ts` orders them; of equal ones, the lower trial number is. */
export function ranksBefore(direction: Direction, one: Ranked, other: Ranked): boolean {
  return (comparedResults(direction, one, other) || one.trial - other.trial) < 0;
}

/** The slots by their best positions, the worst first; those without one before all others, by slot. */
export function worstFirst(direction: Direction, bests: readonly (Best | null)[]): number[] {
  const without = [...bests.keys()].filter((slot) => bests[slot] === null);
  const ranked = [...bests.entries()]
    .flatMap(([slot, best]) => (best ? [{ slot, best }] : []))
    .sort((one, other) => (ranksBefore(direction, one.best, other.best) ? 1 : -1));
  return [...without, ...ranked.map(({ slot }) => slot)];
}

/**
 * The slots of a particle's informants, itself among them (Kennedy and Mendes, "Population Structure and Particle Swarm Performance",
 * 2002: the topologies "all", and "ring" with more neighbours).
 */
export function informantsOf({ topology, neighbours, particles }: SwarmOptions, slot: number): number[] {
  if (topology === 'global' || 2 * neighbours + 1 >= particles) return Array.from({ length: particles }, (_, each) => each);
  return Array.from({ length: 2 * neighbours + 1 }, (_, each) => (slot + each - neighbours + particles) % particles);
}

/** The best position among the informants of a particle; null if none of them has one. */
export function informantsBest(direction: Direction, options: SwarmOptions, bests: readonly (Best | null)[], slot: number): Best | null {
  return informantsOf(options, slot).reduce<Best | null>((leader, informant) => {
    const best = bests[informant] ?? null;
    return best && (!leader || ranksBefore(direction, best, leader)) ? best : leader;
  }, null);
}
