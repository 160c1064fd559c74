import type { Configuration } from '../../space/configuration.ts';

/** Tells whether a configuration need not be tried again. */
export type IsKnown = (parameters: Configuration) => boolean;

/** Most attempts at a configuration that is not known yet. */
const mostAttempts = 20;
/** Individuals of this many slots are kept different from each other: each needs those before it. */
const block = 50;

/** Identifies a configuration: configurations list their values in the order of the space. */
export function keyOf(parameters: Configuration): string {
  return JSON.stringify(parameters);
}

/**
 * Makes an individual until its configuration is not known, twenty times at most; then the last one is taken, as where every configuration of a small
 * space is known.
 *
 * @param make makes the individual of an attempt, from 0
 */
export function firstUnknown<Made extends { readonly parameters: Configuration }>(isKnown: IsKnown, make: (attempt: number) => Made): Made {
  let made = make(0);
  for (let attempt = 1; attempt < mostAttempts && isKnown(made.parameters); attempt += 1) made = make(attempt);
  return made;
}

/**
 * The individuals of the slots from `first` to `end` − 1 of a generation. Each takes those before it in its block of 50 slots for known, so that it
 * depends on its slot alone; at most 49 more are made for it.
 *
 * @param isKnown tells it of all other configurations
 * @param make makes the individual of a slot
 */
export function distinctIndividuals<Made extends { readonly parameters: Configuration }>(
  { first, end }: { readonly first: number; readonly end: number },
  isKnown: IsKnown,
  make: (slot: number, isKnown: IsKnown) => Made,
): Made[] {
  const made: Made[] = [];
  let inBlock = new Set<string>();
  for (let slot = first - (first % block); slot < end; slot += 1) {
    if (slot % block === 0) inBlock = new Set();
    const individual = make(slot, (parameters) => inBlock.has(keyOf(parameters)) || isKnown(parameters));
    inBlock.add(keyOf(individual.parameters));
    if (slot >= first) made.push(individual);
  }
  return made;
}
