import { z } from 'zod';
import { invariant } from '../shared/errors.ts';
import type { BoundSampler } from './bound-sampler.ts';
import { cmaEsSampler } from './cma-es/sampler.ts';
import type { NoteScaled, Problem, SearchBudget } from './contract.ts';
import { geneticSampler } from './genetic/sampler.ts';
import { gpSampler } from './gp/sampler.ts';
import { gridSampler } from './grid/sampler.ts';
import { hyperbandSampler } from './hyperband/sampler.ts';
import { listSampler } from './list/sampler.ts';
import { nsga2Sampler } from './nsga2/sampler.ts';
import { pbtSampler } from './pbt/sampler.ts';
import { quasiRandomSampler } from './quasi-random/sampler.ts';
import { randomSampler } from './random/sampler.ts';
import { row } from './row.ts';
import { successiveHalvingSampler } from './successive-halving/sampler.ts';
import { swarmSampler } from './swarm/sampler.ts';
import { firstTpeSampler, tpeSampler } from './tpe/sampler.ts';

/** Every sampler, by its name in definitions. A new one needs a folder, a row here and a line in the conformance test. */
export const samplers = {
  random: row(randomSampler),
  grid: row(gridSampler),
  genetic: row(geneticSampler),
  list: row(listSampler),
  tpe: row(tpeSampler),
  gp: row(gpSampler),
  'cma-es': row(cmaEsSampler),
  'quasi-random': row(quasiRandomSampler),
  swarm: row(swarmSampler),
  nsga2: row(nsga2Sampler),
  'successive-halving': row(successiveHalvingSampler),
  hyperband: row(hyperbandSampler),
  pbt: row(pbtSampler),
} as const;

const [firstSchema, ...otherSchemas] = Object.values(samplers).map(({ optionsSchema }) => optionsSchema);
invariant(firstSchema, 'there is a sampler');

/** The options of any sampler. */
export const samplerOptionsSchema = z
  .discriminatedUnion('type', [firstSchema, ...otherSchemas])
  .meta({ id: 'SamplerOptions', description: 'A sampler and its options.' });
export type SamplerOptions = z.output<typeof samplerOptionsSchema>;

/** Code of a sampler in one version: the row of a table. */
interface SamplerCode {
  readonly name: string;
  readonly version: number;
  bind(problem: Problem, options: SamplerOptions): BoundSampler;
}

/**
 * Code of earlier versions: a sampler whose version is raised leaves its row here for one release, so that studies end with the
 * code that they began with.
 */
export const earlierSamplers: readonly SamplerCode[] = [row(firstTpeSampler)];

/**
 * Binds the sampler that the options name to a problem.
 *
 * @param version the version that a study began with. If its code is not here, the current version is bound, as its `version` shows
 */
export function samplerFor(problem: Problem, options: SamplerOptions, version?: number): BoundSampler {
  const earlier = version === undefined ? undefined : codeOf(earlierSamplers, options.type, version);
  return (earlier ?? samplers[options.type]).bind(problem, options);
}

/** The code of a sampler in some version, if there is one. */
export function codeOf<Code extends Pick<SamplerCode, 'name' | 'version'>>(
  codes: readonly Code[],
  name: string,
  version: number,
): Code | undefined {
  return codes.find((code) => code.name === name && code.version === version);
}

/** The options of a new study, with the defaults that their schema leaves open. */
export function pinnedSampler(options: SamplerOptions, problem: Problem): SamplerOptions {
  return samplers[options.type].pinnedOptions(options, problem);
}

/** One line for reports: how these options search. */
export function describeSampler(options: SamplerOptions): string {
  return samplers[options.type].describeOptions(options);
}

/** The options and the limits of a smaller search; see `Sampler.scale`. */
export function scaleSampler<Budget extends SearchBudget>(options: SamplerOptions, budget: Budget, factor: number, note: NoteScaled) {
  const scaled = samplers[options.type].scaleOptions(options, budget, factor, note);
  return { sampler: samplerOptionsSchema.parse(scaled.options), budget: scaled.budget };
}
