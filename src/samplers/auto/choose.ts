import { counted } from '../../shared/counted.ts';
import type { SearchSpace } from '../../space/schema.ts';
import { type Problem, type SearchBudget, widestWindow } from '../contract.ts';
import { gpSettings } from '../gp/settings.ts';
import { directionsOf } from '../several-metrics.ts';
import { type SamplerOptions, samplerFor, samplerOptionsSchema } from '../table.ts';

/** A search before its first trial, as the rules see it. */
export interface Search {
  readonly problem: Problem;
  readonly budget: SearchBudget;
  /** Most trials open at a time, if the client set it. */
  readonly parallelism?: number | undefined;
  /** Results that the client names; they are beside the trials of the budget. */
  readonly known?: number | undefined;
  /** True if trials start without waiting for the results before them. */
  readonly isAsynchronous?: boolean | undefined;
}

/** A sampler with its options, and the reason in one line that begins with its name. */
export interface Choice {
  readonly options: SamplerOptions;
  readonly reason: string;
}

/** With more trials open than this, most results come too late for a model of the objective to be worth its time. */
const mostWatched = 32;

/** A rule: the reason for which its sampler is chosen; null if it is not. */
interface Rule {
  readonly sampler: 'grid' | 'swarm' | 'quasi-random' | 'tpe' | 'gp' | 'nsga2';
  readonly because: (search: Search) => string | null;
}

/** The first rule that gives a reason decides. docs/samplers.md has them in words, and the figures that they follow from. */
const rules: readonly Rule[] = [
  {
    sampler: 'nsga2',
    because: ({ problem, budget: { generations } }) =>
      isOfSeveral(problem) && generations !== undefined ? `${metricsOf(problem)}, and the budget counts generations` : null,
  },
  { sampler: 'swarm', because: ({ budget: { generations } }) => (generations === undefined ? null : 'the budget counts generations') },
  { sampler: 'grid', because: fewConfigurations },
  {
    sampler: 'quasi-random',
    because: ({ budget: { trials }, parallelism, known = 0 }) =>
      trials !== undefined && parallelism !== undefined && parallelism >= trials && known === 0
        ? `${counted(trials, 'trial')}, which may all be open at once`
        : null,
  },
  {
    sampler: 'nsga2',
    because: ({ problem, budget: { trials = 0 }, known = 0, parallelism = 1, isAsynchronous = false }) => {
      if (!isOfSeveral(problem) || isAsynchronous) return null;
      if (parallelism > mostWatched) return `${metricsOf(problem)}, ${counted(parallelism, 'trial')} at a time`;
      return trials + known > gpSettings.mostTrials ? `${metricsOf(problem)}, ${counted(trials + known, 'result')}` : null;
    },
  },
  {
    sampler: 'quasi-random',
    because: ({ parallelism = 1 }) =>
      parallelism > widestWindow ? `${counted(parallelism, 'trial')} at a time; samplers that learn take at most ${widestWindow}` : null,
  },
  {
    sampler: 'tpe',
    because: ({ problem: { space } }) =>
      space.length > gpSettings.mostDimensions
        ? `${counted(space.length, 'parameter')}; beyond ${gpSettings.mostDimensions}, gp suggests as tpe does`
        : null,
  },
  {
    sampler: 'tpe',
    because: ({ budget: { trials = 0 }, known = 0 }) =>
      trials + known > gpSettings.mostTrials
        ? `${counted(trials + known, 'result')}; beyond ${gpSettings.mostTrials}, gp suggests as tpe does`
        : null,
  },
  {
    sampler: 'tpe',
    because: ({ parallelism = 1 }) =>
      parallelism > mostWatched ? `${counted(parallelism, 'trial')} at a time; gp is chosen up to ${mostWatched}` : null,
  },
  {
    sampler: 'gp',
    because: ({ problem, budget: { trials } }) =>
      [
        ...(isOfSeveral(problem) ? [metricsOf(problem)] : []),
        parametersOf(problem.space),
        ...(trials === undefined ? [] : [counted(trials, 'trial')]),
      ].join(', '),
  },
];

/** Chooses the sampler of a search for which the client names none. A pure function: the study stores what it returns. */
export function chooseSampler(search: Search): Choice {
  for (const { sampler, because } of rules) {
    const reason = because(search);
    if (reason !== null) return { options: samplerOptionsSchema.parse({ type: sampler }), reason: `${sampler}: ${reason}` };
  }
  throw new Error('the last rule always decides');
}

function isOfSeveral(problem: Problem): boolean {
  return directionsOf(problem).length > 1;
}

/** `2 metrics`. */
function metricsOf(problem: Problem): string {
  return counted(directionsOf(problem).length, 'metric');
}

/** Every configuration can be tried. */
function fewConfigurations({ problem, budget }: Search): string | null {
  const grid = samplerFor(problem, { type: 'grid', axes: {} });
  if (budget.trials === undefined || grid.check().length > 0) return null;
  const size = grid.size({});
  return size !== null && size <= budget.trials
    ? `the space has ${counted(size, 'configuration')}, and the budget ${counted(budget.trials, 'trial')}`
    : null;
}

/** `3 numeric and 1 categorical parameters`. */
function parametersOf(space: SearchSpace): string {
  const categorical = space.filter(({ type }) => type === 'categorical').length;
  const numeric = space.length - categorical;
  if (categorical === 0) return counted(numeric, 'numeric parameter');
  if (numeric === 0) return counted(categorical, 'categorical parameter');
  return `${numeric} numeric and ${counted(categorical, 'categorical parameter')}`;
}
