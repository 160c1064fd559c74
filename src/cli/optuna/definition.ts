import { counted, formFor } from '../../shared/counted.ts';
import type { ParameterValue } from '../../space/schema.ts';
import { UsageError } from '../exit-codes.ts';
import type { OptunaState, OptunaStudy, OptunaTrial } from './optuna-study.ts';
import { type ImportedParameter, searchSpaceOf } from './search-space.ts';

/** Options of an import: members of the new definition that its results do not decide. */
export interface ImportOptions {
  readonly name?: string | undefined;
  readonly sampler: string;
  /** Trials to evaluate from now on. */
  readonly trials: number;
  readonly seed?: number | undefined;
}

/** A trial that the definition names: without values it is evaluated first. */
interface GivenTrial {
  readonly parameters: Readonly<Record<string, ParameterValue>>;
  readonly values?: Readonly<Record<string, number | null>>;
}

/** The body of POST /v1/studies, and sentences about what was imported and what was not. */
export interface ImportedStudy {
  readonly definition: Readonly<Record<string, unknown>>;
  readonly summary: string;
  readonly remarks: readonly string[];
}

/** Most given trials of a definition. */
const mostGiven = 10_000;

/**
 * Makes the definition of a study that goes on where an Optuna study is: its completed trials are known results, its waiting ones are
 * evaluated first.
 *
 * @throws UsageError if it has more objectives than a study may have, no direction, or no search space
 */
export function definitionOf(study: OptunaStudy, options: ImportOptions): ImportedStudy {
  const metrics = metricsOf(study);
  const completed = inState(study, 'COMPLETE');
  const space = searchSpaceOf(completed);
  const known = knownTrials(completed, space.parameters, metrics);
  const waiting = waitingTrials(inState(study, 'WAITING'), space.parameters);
  const kept = bestOf(known.given, metrics, Math.max(0, mostGiven - waiting.given.length));
  const labels = labelsOf(study);
  return {
    definition: {
      name: options.name ?? study.name,
      searchSpace: space.parameters.map(({ parameter }) => parameter),
      metrics: metrics.map(({ name }) => ({ name })),
      sampler: { type: options.sampler },
      budget: { trials: options.trials },
      ...(options.seed !== undefined && { seed: options.seed }),
      objective: { type: 'external', metrics, steps: stepsOf(completed) },
      ...(Object.keys(labels.labels).length > 0 && { labels: labels.labels }),
      givenTrials: [...kept, ...waiting.given],
    },
    summary: summaryOf(study, kept.length, waiting.given.length),
    remarks: [
      ...space.remarks,
      ...known.remarks,
      ...keptRemarks(kept.length, known.given.length, metrics.length > 1),
      ...waiting.remarks,
      ...labels.remarks,
      ...attributeRemarks(study),
    ],
  };
}

interface ExternalMetric {
  readonly name: string;
  readonly direction: 'minimize' | 'maximize';
}

/** Most objectives that a study here may have. */
const mostMetrics = 4;

/** The metrics in their order: `value`, or `value1`, `value2` …, where Optuna has no names. */
function metricsOf({ directions, metricNames }: OptunaStudy): ExternalMetric[] {
  if (directions.length > mostMetrics)
    throw new UsageError(
      `the Optuna study has ${directions.length} objectives; a study here optimises at most ${mostMetrics}. Copy the objectives that you want into a study of their own with Optuna first`,
    );
  if (directions.length === 0 || directions.includes('NOT_SET'))
    throw new UsageError('the Optuna study has no direction, so it cannot be continued');
  return directions.map((direction, index) => ({
    name: metricNames?.[index] ?? (directions.length > 1 ? `value${index + 1}` : 'value'),
    direction: direction === 'MINIMIZE' ? 'minimize' : 'maximize',
  }));
}

function inState({ trials }: OptunaStudy, state: OptunaState): OptunaTrial[] {
  return trials.filter((trial) => trial.state === state);
}

/** Reports of a completed trial, for the estimate of the remaining time. */
function stepsOf(completed: readonly OptunaTrial[]): number {
  return Math.max(1, ...new Set(completed.map(({ reports }) => reports)));
}

interface Given {
  readonly given: readonly GivenTrial[];
  readonly remarks: readonly string[];
}

function knownTrials(
  completed: readonly OptunaTrial[],
  parameters: readonly ImportedParameter[],
  metrics: readonly ExternalMetric[],
): Given {
  const trials = completed.map(({ parameters: own, values }) => ({
    configuration: configurationOf(parameters, (source) => own.get(source)?.value),
    values: Object.fromEntries(metrics.map(({ name }, index) => [name, finite(values[index])])),
  }));
  const given = trials.flatMap(({ configuration, values }) => (configuration ? [{ parameters: configuration, values }] : []));
  const infinite = given.filter(({ values }) => Object.values(values).includes(null)).length;
  const remarks = [
    ...(given.length < trials.length
      ? [
          `${counted(trials.length - given.length, 'completed trial')} with values outside their distribution ${formFor(trials.length - given.length, 'is', 'are')} left out`,
        ]
      : []),
    ...(infinite > 0
      ? [`${counted(infinite, 'result')} that ${formFor(infinite, 'is', 'are')} not finite ${formFor(infinite, 'ranks', 'rank')} last`]
      : []),
  ];
  return { given, remarks };
}

function finite(value: number | undefined): number | null {
  return value !== undefined && Number.isFinite(value) ? value : null;
}

/** The waiting trials that name all parameters. */
function waitingTrials(waiting: readonly OptunaTrial[], parameters: readonly ImportedParameter[]): Given {
  const given = waiting.flatMap(({ parameters: own, enqueued }) => {
    const configuration = configurationOf(parameters, (source) => (own.has(source) ? own.get(source)?.value : enqueued[source]));
    return configuration ? [{ parameters: configuration }] : [];
  });
  const left = waiting.length - given.length;
  const remarks =
    left === 0
      ? []
      : [`${counted(left, 'waiting trial')} ${formFor(left, 'is', 'are')} left out: not every parameter has a value in the search space`];
  return { given, remarks };
}

function configurationOf(
  parameters: readonly ImportedParameter[],
  given: (source: string) => unknown,
): Readonly<Record<string, ParameterValue>> | null {
  const values: Record<string, ParameterValue> = {};
  for (const { source, parameter, convert } of parameters) {
    const own = given(source);
    const value = own === undefined ? undefined : convert(own);
    if (value === undefined) return null;
    values[parameter.name] = value;
  }
  return values;
}

/** The best results, in the order of their numbers, if there are more than `most`; of several metrics the latest results. */
function bestOf(given: readonly GivenTrial[], metrics: readonly ExternalMetric[], most: number): readonly GivenTrial[] {
  if (given.length <= most) return given;
  const [metric] = metrics;
  if (!metric || metrics.length > 1) return given.slice(given.length - most);
  const { name, direction } = metric;
  const sign = direction === 'minimize' ? 1 : -1;
  const rank = ({ values }: GivenTrial): number => sign * (values?.[name] ?? sign * Number.POSITIVE_INFINITY);
  // Results that are not finite rank equal, and their difference is NaN.
  const best = new Set(given.toSorted((a, b) => rank(a) - rank(b) || 0).slice(0, most));
  return given.filter((trial) => best.has(trial));
}

function keptRemarks(kept: number, known: number, areLatest: boolean): string[] {
  if (kept === known) return [];
  return [
    `only the ${areLatest ? 'latest' : 'best'} ${kept} of ${known} results are taken: a definition has at most ${mostGiven} known and waiting trials`,
  ];
}

/** User attributes of the study that a label can hold. */
function labelsOf({ userAttributes }: OptunaStudy): { labels: Record<string, string>; remarks: string[] } {
  const all = Object.entries(userAttributes).map(
    ([key, value]) => [key, typeof value === 'string' ? value : JSON.stringify(value)] as const,
  );
  const fitting = all.filter(([key, text]) => /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/.test(key) && text.length <= 200).slice(0, 50);
  const left = all.filter(([key]) => !fitting.some(([name]) => name === key)).map(([key]) => JSON.stringify(key));
  const remarks = left.length === 0 ? [] : [`attributes of the study that no label can hold are left out: ${left.join(', ')}`];
  return { labels: Object.fromEntries(fitting), remarks };
}

function attributeRemarks({ trials }: OptunaStudy): string[] {
  const count = trials.filter(({ state, attributes }) => state === 'COMPLETE' && attributes > 0).length;
  return count === 0 ? [] : [`the user attributes of ${counted(count, 'trial')} are left out`];
}

const leftOut = [
  ['PRUNED', 'pruned'],
  ['FAIL', 'failed'],
  ['RUNNING', 'running'],
] as const;

function summaryOf(study: OptunaStudy, known: number, waiting: number): string {
  const left = leftOut.flatMap(([state, word]) => {
    const { length } = inState(study, state);
    return length > 0 ? [`${length} ${word}`] : [];
  });
  const taken = `Optuna study ${JSON.stringify(study.name)}: ${counted(known, 'result')} taken, ${waiting} waiting`;
  return left.length > 0 ? `${taken}; left out: ${left.join(', ')}` : taken;
}
