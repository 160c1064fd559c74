import { counted } from '../shared/counted.ts';
import type { ForkOrigin } from '../studies/model/fork-origin.ts';

/** Digits of a digest that tell documents apart. */
const digestDigits = 12;

/** Describes a fork in a few words: `forked from 0198… after generation 3 (24 trials)`. */
export function forkText(forkedFrom: ForkOrigin): string {
  return `forked from ${forkSourceText(forkedFrom)}`;
}

/** Describes the source of a fork in a few words: `0198… after generation 3 (24 trials)`. */
export function forkSourceText({ study, generation, trials, digest }: ForkOrigin): string {
  const source = study ?? `a document (SHA-256 ${digest.slice(0, digestDigits)}…)`;
  const kept = counted(trials, 'trial');
  return `${source} after ${generation === null ? kept : `generation ${generation} (${kept})`}`;
}
