import type { Configuration } from '../../space/configuration.ts';

/** Most attempts at a configuration that is not known yet. */
const mostAttempts = 10;

/** Identifies a configuration: configurations list their values in the order of the space. */
export function keyOf(parameters: Configuration): string {
  return JSON.stringify(parameters);
}

/**
 * Makes a child until its configuration is not known, ten times at most; then the last one is taken, as where every configuration of a small
 * space is known.
 *
 * @param make makes the child of an attempt, from 0
 */
export function firstUnknown<Child extends { readonly parameters: Configuration }>(
  isKnown: (parameters: Configuration) => boolean,
  make: (attempt: number) => Child,
): Child {
  let child = make(0);
  for (let attempt = 1; attempt < mostAttempts && isKnown(child.parameters); attempt += 1) child = make(attempt);
  return child;
}
