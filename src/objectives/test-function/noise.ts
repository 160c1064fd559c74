import { digestOf } from '../../shared/digest.ts';
import { randomStream } from '../../shared/random.ts';
import type { Configuration } from '../../space/configuration.ts';

/** The source of everything random in an evaluation. */
interface Seeded {
  readonly seed: number;
  readonly parameters: Configuration;
}

/** A draw from the standard normal distribution, the same for the same seed, configuration and step. */
export function disturbance(seeded: Seeded, step: number): number {
  return randomStream(keyOf(seeded), 'noise', step).normal();
}

/** True if a configuration is in the share that fails. */
export function fails(seeded: Seeded, share: number): boolean {
  return randomStream(keyOf(seeded), 'failure').uniform() < share;
}

function keyOf({ seed, parameters }: Seeded): string {
  return digestOf({ seed, parameters });
}
