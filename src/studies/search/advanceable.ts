import { samplers } from '../../samplers/table.ts';
import { randomStream } from '../../shared/random.ts';
import { type ResolvedSpec, samplerOf, seedOf } from '../definition/definition.ts';
import { trialLimit } from './advance-draft.ts';
import { waitsForWindow } from './proposals.ts';
import { versionDifference } from './verdicts.ts';

/** Version of each sampler of this service, by its name. */
export const samplerVersions: Readonly<Record<string, number>> = Object.fromEntries(
  Object.values(samplers).map(({ name, version }) => [name, version]),
);

/** An active study with trials open, as a sweep looks at it: without reading its trials. */
export interface StandingStudy {
  readonly spec: ResolvedSpec;
  /** Version of the sampler that it began with. */
  readonly began: number;
  /** The sampler's state. */
  readonly state: unknown;
  /** Trials proposed so far. */
  readonly proposed: number;
  /** Trials queued or running. */
  readonly open: number;
  /** Whether the trial to be folded next has finished. */
  readonly nextIsFinal: boolean;
}

/**
 * Whether an advance would move a study: end it, fold a trial or queue one. The sampler itself is asked: a generational one
 * waits for its last trial with places open, one that looks back for its window unless its schedule is `asap`, and a search near
 * its end leaves places open too.
 *
 * @throws ZodError where the state is not the sampler's
 */
export function wouldMove(study: StandingStudy): boolean {
  const sampler = samplerOf(study.spec);
  if (versionDifference(sampler, study.began) !== null) return true;
  if (study.nextIsFinal && sampler.sees !== 'generations') return true;
  if (waitsForWindow(study.spec, sampler) || study.open >= study.spec.parallelism) return false;
  return hasMore(study);
}

/** Whether the budget and the sampler give another trial as things are. Results are not read for it: they decide which one, not whether. */
function hasMore({ spec, state, proposed }: StandingStudy): boolean {
  if (proposed >= trialLimit(spec)) return false;
  const seed = seedOf(spec, proposed);
  const stream = (purpose: string, ...indices: number[]) => randomStream(seed, purpose, ...indices);
  return samplerOf(spec).suggest(state, { firstNumber: proposed, count: 1, stream, history: [], pending: [] }).kind === 'suggestions';
}
