import { type PrunerOptions, prunerFor } from '../../src/pruners/table.ts';
import type { SuggestionRequest } from '../../src/samplers/contract.ts';
import type { Observation } from '../../src/samplers/observation.ts';
import { continuedBy } from '../../src/samplers/origin.ts';
import { type SamplerOptions, samplerFor } from '../../src/samplers/table.ts';
import { randomStream } from '../../src/shared/random.ts';
import type { Configuration } from '../../src/space/configuration.ts';
import { isComparedWith, isJudgedAt, judged, stops } from '../../src/studies/pruning/judgement.ts';
import type { CurveProblem } from './problems.ts';

/** A trial of a search, from any system. */
export interface RunTrial {
  /** Steps that it took. */
  readonly steps: number;
  /** Its last value, as it was told. */
  readonly value: number;
  readonly isStopped: boolean;
  /** See `CurveProblem.finalValue`. */
  readonly finalValue: number;
}

/** A search of ours. */
export interface OwnSearch {
  readonly sampler: SamplerOptions;
  /** Null: none. */
  readonly pruner: PrunerOptions | null;
}

/**
 * Searches one trial after another, until so many steps were taken, with the sampler and the judgements of a study.
 *
 * @throws Error when the sampler runs out of suggestions
 */
export function ownTrials(
  { sampler: options, pruner }: OwnSearch,
  problem: CurveProblem,
  run: { seed: number; budget: number },
): RunTrial[] {
  const sampler = samplerFor({ space: problem.space, direction: 'minimize' }, options);
  const stream: SuggestionRequest['stream'] = (purpose, ...indices) => randomStream(`${problem.name} ${run.seed}`, purpose, ...indices);
  const history: Observation[] = [];
  const trials: RunTrial[] = [];
  const scores = new Map<number, number[]>();
  const state = sampler.init();
  for (let used = 0; used < run.budget; ) {
    const number = trials.length;
    const proposal = sampler.suggest(state, {
      firstIndex: number,
      count: 1,
      history: sampler.learns === 'history' ? history : [],
      pending: [],
      stream,
    });
    const [suggestion] = proposal.kind === 'suggestions' ? proposal.suggestions : [];
    if (!suggestion) throw new Error(`the sampler is ${proposal.kind}`);
    const { parameters, origin } = suggestion;
    const curve = problem.curve(parameters, run.seed);
    const end = pruner ? lastStep(pruner, curve, scores) : curve.length;
    const isStopped = end < curve.length;
    const value = curve[end - 1] ?? Number.NaN;
    trials.push({ steps: end, value, isStopped, finalValue: problem.finalValue(parameters) });
    history.push({ number, index: number, parameters, origin, value, ...(isStopped && { prunedAt: end }) });
    used += end;
  }
  return trials;
}

/**
 * The same with a sampler that measures at rungs: its trials are evaluated one after another, and each continues the one that it names, so that
 * only its further steps are taken. A trial with fewer steps than a whole one counts as stopped.
 *
 * @param options with the fidelity `steps`
 */
export function rungTrials(options: SamplerOptions, problem: CurveProblem, run: { seed: number; budget: number }): RunTrial[] {
  const fidelity = { type: 'int', name: 'steps', low: 1, high: problem.steps, step: 1, scale: 'linear' } as const;
  const sampler = samplerFor({ space: [...problem.space, fidelity], direction: 'minimize' }, options);
  const stream: SuggestionRequest['stream'] = (purpose, ...indices) => randomStream(`${problem.name} ${run.seed}`, purpose, ...indices);
  const history: Observation[] = [];
  const trials: RunTrial[] = [];
  let state = sampler.init();
  let pending: Configuration[] = [];
  let open: Observation[] = [];
  for (let used = 0; used < run.budget; ) {
    const number = trials.length;
    const proposal = sampler.suggest(state, { firstIndex: number, count: 1, history, pending, stream });
    const [suggestion] = proposal.kind === 'suggestions' ? proposal.suggestions : [];
    if (!suggestion) throw new Error(`the sampler is ${proposal.kind}`);
    const { steps, ...parameters } = suggestion.parameters;
    const end = Number(steps);
    const earlier = continuedBy(suggestion.origin);
    const before = earlier === null ? 0 : Number(history[earlier]?.parameters['steps']);
    const value = problem.curve(parameters, run.seed)[end - 1] ?? Number.NaN;
    trials.push({ steps: end - before, value, isStopped: end < problem.steps, finalValue: problem.finalValue(parameters) });
    used += end - before;
    open.push({ number, index: number, ...suggestion, value });
    pending = open.map((trial) => trial.parameters);
    const generation = sampler.generation(state);
    if (!generation || number + 1 < generation.firstIndex + generation.size) continue;
    state = sampler.observe(state, open);
    history.push(...open);
    [open, pending] = [[], []];
  }
  return trials;
}

/**
 * The step after which a pruner stops a trial, or else its last one.
 *
 * @param scores at each step so far, of the trials that the pruner compares with; the trial's are added if it is one of them
 */
function lastStep(options: PrunerOptions, curve: readonly number[], scores: Map<number, number[]>): number {
  const pruner = prunerFor(options);
  const own: [step: number, score: number][] = [];
  const ended = (step: number, state: 'completed' | 'pruned'): number => {
    if (isComparedWith(options, state)) for (const [at, score] of own) scores.set(at, [...(scores.get(at) ?? []), score]);
    return step;
  };
  for (const [index, value] of curve.entries()) {
    const step = index + 1;
    if (pruner.rungOf(step) === null || !isJudgedAt(options, step, curve.length)) continue;
    own.push([step, -value]);
    if (stops(judged(options, { step, score: -value }, scores.get(step) ?? []))) return ended(step, 'pruned');
  }
  return ended(curve.length, 'completed');
}

/**
 * The regret at some numbers of steps: how far the trial that looked best is from the best there is. Only trials that were not stopped can be
 * the best. 1 is what a poor trial has, and what there is before any has ended.
 */
export function regretsAt(trials: readonly RunTrial[], budgets: readonly number[]): number[] {
  return budgets.map((budget) => {
    let used = 0;
    let best: RunTrial | null = null;
    for (const trial of trials) {
      used += trial.steps;
      if (used > budget) break;
      if (!trial.isStopped && (best === null || trial.value < best.value)) best = trial;
    }
    return best?.finalValue ?? 1;
  });
}
