import { objectiveFor } from '../../objectives/table.ts';
import type { Violation } from '../../shared/errors.ts';
import { plainWording } from '../../shared/schema-wording.ts';
import { pointViolations } from '../../space/point.ts';
import { metricOf, type ResolvedSpec } from '../definition/definition.ts';
import { givenOriginSchema } from '../definition/given-trials.ts';
import { metricValueOf, neededValues } from '../definition/ranking.ts';
import { withoutOrigin } from '../definition/violations.ts';
import type { ExportedTrial, StudyDocument, UnfinishedTrial } from './document.ts';

/** Limit of reported violations, so that a thoroughly wrong document gets a short answer. */
const mostViolations = 200;

/** Checks the trials of a document, each alone and their order. Pointers are into the document. */
export function trialViolations({ spec, outcome, trials }: StudyDocument): Violation[] {
  const violations: Violation[] = [];
  const last = outcome?.lastTrial ?? Number.POSITIVE_INFINITY;
  for (const [index, trial] of trials.entries()) {
    const at = (key: string, detail: string): Violation => ({ pointer: `/trials/${index}${key}`, detail });
    if (index > 0 && trial.number <= (trials[index - 1]?.number ?? -1))
      violations.push(at('/number', `must be above ${trials[index - 1]?.number}: each trial must appear once, by ascending number`));
    if (trial.number > last) violations.push(at('/number', `is beyond trial ${last}, the last that counts`));
    const own = [...resultViolations(spec, trial), ...givenViolations(spec, trial)];
    violations.push(...own.map(({ pointer, detail }) => at(pointer, detail)));
    if (violations.length >= mostViolations) return violations;
  }
  return violations;
}

/** Trials without a result are present only if suggestions record their visible results because the schedule does not fix them. */
export function unfinishedViolations({ spec, trials, unfinished }: StudyDocument): Violation[] {
  if (unfinished === undefined) return [];
  // An enqueued trial beyond the last that counts is left out: the list may be empty.
  if (spec.schedule === 'deterministic' && unfinished.some(({ given }) => given === undefined))
    return [
      {
        pointer: '/unfinished',
        detail: 'is allowed only for given trials or with the asynchronous schedule: otherwise such trials follow from the others',
      },
    ];
  const finished = new Set(trials.map(({ number }) => number));
  return unfinished.flatMap((trial, index) => {
    const { number } = trial;
    const own = givenViolations(spec, trial).map(({ pointer, detail }) => ({ pointer: `/unfinished/${index}${pointer}`, detail }));
    if (own.length > 0) return own;
    const pointer = `/unfinished/${index}/number`;
    const before = unfinished[index - 1]?.number ?? -1;
    if (number <= before) return [{ pointer, detail: `must be above ${before}: each trial must appear once, by ascending number` }];
    return finished.has(number) ? [{ pointer, detail: `trial ${number} has a result` }] : [];
  });
}

/** Checks what no search tells of a given trial: its configuration, and that a known one has a result. */
function givenViolations(spec: ResolvedSpec, trial: UnfinishedTrial & Partial<Pick<ExportedTrial, 'state'>>): Violation[] {
  const { given, parameters, origin, generation, seen, state } = trial;
  if (given === undefined) return [];
  const isOrigin = givenOriginSchema.safeParse(origin).success;
  return [
    ...(isOrigin
      ? []
      : [{ pointer: '/origin', detail: 'must be empty, or have only the trial that the result was copied from: the trial was given' }]),
    ...pointViolations(spec.searchSpace, parameters, { pointer: '/parameters', within: '' }).map(withoutOrigin),
    ...(generation === null ? [] : [{ pointer: '/generation', detail: 'must be null: the trial was given' }]),
    ...(seen === undefined ? [] : [{ pointer: '/seen', detail: 'is allowed only for a suggestion: the trial was given' }]),
    ...(given === 'known' && state !== 'completed' ? [{ pointer: '/given', detail: 'must be enqueued: the trial has no result' }] : []),
  ];
}

function resultViolations(spec: ResolvedSpec, trial: ExportedTrial): Violation[] {
  const { state, error, evaluation } = trial;
  const measured = evaluation === undefined ? [] : evaluationViolations(spec, trial);
  if (state !== 'failed')
    return [
      ...(error === null ? [] : [{ pointer: '/error', detail: `must be null: the trial is ${state}` }]),
      ...measured,
      ...valueViolations(spec, trial),
    ];
  return [
    ...(error === null ? [{ pointer: '/error', detail: 'is missing: a failed trial must have an error' }] : []),
    ...(trial.value === null ? [] : [{ pointer: '/value', detail: 'must be null: the trial failed' }]),
    ...(trial.values === null ? [] : [{ pointer: '/values', detail: 'must be null: the trial failed' }]),
    ...measured,
  ];
}

function valueViolations(spec: ResolvedSpec, { state, value, values, diverged, evaluation }: ExportedTrial): Violation[] {
  if (values === null) return [{ pointer: '/values', detail: `is missing: the trial is ${state}` }];
  if (state === 'pruned' && diverged) return [{ pointer: '/diverged', detail: 'must be false: a trial that diverged is not stopped' }];
  const violations: Violation[] = [];
  const missing = neededValues(spec).filter((name) => !Object.hasOwn(values, name));
  const expected = metricValueOf(spec, values);
  const { name } = metricOf(spec);
  for (const needed of missing) violations.push({ pointer: '/values', detail: `must have ${needed}, which the study ranks by` });
  if (value !== expected && !missing.includes(name))
    violations.push({
      pointer: '/value',
      detail:
        expected === null
          ? `must be null: ${spec.metrics.length > 1 ? 'not all metrics are finite' : `the metric ${name} is not finite`}, got ${value}`
          : `must be the metric ${name}, ${expected}, got ${value}`,
    });
  if (spec.evaluate && state === 'completed' && evaluation === undefined)
    violations.push({ pointer: '/evaluation', detail: 'is missing: each trial of this study is measured on held-out data' });
  return violations;
}

function evaluationViolations({ evaluate, objective }: ResolvedSpec, { state, evaluation }: ExportedTrial): Violation[] {
  if (!evaluate) return [{ pointer: '/evaluation', detail: 'no trial of this study is measured on held-out data' }];
  if (state !== 'completed') return [{ pointer: '/evaluation', detail: 'is allowed only for a completed trial' }];
  const checked = objectiveFor(objective).evaluations()?.schema.safeParse(evaluation, { error: plainWording });
  if (!checked || checked.success) return [];
  return checked.error.issues.map(({ path, message }) => ({ pointer: ['/evaluation', ...path.map(String)].join('/'), detail: message }));
}
