import { metricOf } from '../definition/definition.ts';
import { measuredOf, metricValueOf, rankingRuleOf, scoreOf } from '../definition/ranking.ts';
import type { Study } from '../model/study.ts';
import type { Trial } from '../model/trial.ts';
import type { StoredTraces } from '../ports/verification-reads.ts';
import { isAskedFor } from '../search/on-demand.ts';
import { type Difference, differing, same, shown, shownPair } from './difference.ts';
import type { Findings } from './findings.ts';
import type { LogKnowledge } from './log-check.ts';
import { numberedBuffer } from './numbered-buffer.ts';
import { surplusTrial } from './replay-differences.ts';
import type { StudyLists } from './study-lists.ts';

/** Enough digits of a digest to find it again. */
const shownDigits = 16;

/**
 * Compares the result of each trial with its sources: its value is the metric that the study optimises, its score that value
 * oriented, its values those of its last step, and its steps those of its training.
 *
 * Assumes numbers without a gap.
 *
 * @param seen receives each trial, to rank it
 */
export async function checkTraces(
  study: Study,
  lists: StudyLists,
  known: LogKnowledge,
  findings: Findings,
  seen: (trial: Trial) => void,
): Promise<void> {
  await using traces = numberedBuffer(lists.traces(), ({ number }) => number);
  let next = 0;
  for await (const trial of lists.trials()) {
    if (findings.full()) return;
    const { number } = trial;
    reportMissing(next, number, findings);
    if (number >= known.suggested) findings.add(surplusTrial(trial));
    next = number + 1;
    await traces.readTo(number + 1);
    const stored = traces.at(number);
    traces.forget(number + 1);
    if (stored)
      findings.add(...traceDifferences(study, { trial, stored, reconciled: known.trials.get(number)?.result ?? trial }, findings));
    seen(trial);
  }
  reportMissing(next, known.suggested, findings);
}

function reportMissing(from: number, end: number, findings: Findings): void {
  for (let number = from; number < end && !findings.full(); number += 1)
    findings.add({ where: `trials/${number}`, expected: 'a trial', found: shown(undefined), detail: 'trials are numbered without a gap' });
}

interface Traced {
  readonly trial: Trial;
  readonly stored: StoredTraces;
  /** The state and the value, overridden by the log if it differs. */
  readonly reconciled: Pick<Trial, 'state' | 'value' | 'values' | 'diverged'>;
}

function traceDifferences({ spec }: Study, { trial, stored, reconciled }: Traced, findings: Findings): Difference[] {
  const { name } = metricOf(spec);
  const where = `trials/${trial.number}`;
  // In a wrong state every other field of the trial would differ too.
  if (findings.has(`${where}/state`)) return [];
  const { state, value: own, diverged } = reconciled;
  const measured = state === 'completed' ? measuredOf(spec, reconciled.values) : {};
  const prunedAt = state === 'pruned' ? (trial.prunedAt ?? 0) : undefined;
  const score = scoreOf(rankingRuleOf(spec), { value: own, diverged, violation: measured.violation, prunedAt });
  const scores = [
    ...differing(`${where}/score`, score, stored.score, 'the value, oriented so that more is better; none if it ranks last'),
    ...differing(
      `${where}/violation`,
      measured.violation ?? null,
      stored.violation,
      'the distance of its values from the limits of the study',
    ),
    ...differing(
      `${where}/metricValues`,
      measured.metricValues ?? null,
      trial.metricValues ?? null,
      'its metrics in the order of the study',
    ),
  ];
  // A worker of a client may deliver another result than its last report.
  const steps = isAskedFor(spec) || findings.has(`${where}/measurements`) ? [] : stepDifferences(where, trial, stored, findings);
  if (findings.has(`${where}/values`) || steps.some((difference) => difference.where === `${where}/values`)) return [...scores, ...steps];
  const hasResult = trial.state === 'completed' || trial.state === 'pruned';
  const value = hasResult && trial.values ? metricValueOf(spec, trial.values) : null;
  return [
    ...scores,
    ...steps,
    ...differing(`${where}/value`, value, trial.value, `${name} after its last step, none where it has no result`),
  ];
}

/**
 * Compares the three stored copies of the metrics: with the trial, with its last step, and with the training. The copy that differs
 * from the other two was modified.
 */
function stepDifferences(where: string, { number, state, values }: Trial, stored: StoredTraces, findings: Findings): Difference[] {
  const { lastReport, lastResult, resultKey, differingStep } = stored;
  const known = !findings.has(`${where}/values`);
  if (lastReport && (state === 'completed' || state === 'pruned') && known && !same(values, lastReport.values)) {
    const reportAlone = lastResult !== null && same(values, lastResult);
    return reportAlone
      ? [reported(where, lastReport.step, values, lastReport.values)]
      : differing(`${where}/values`, lastReport.values, values, 'what it reported after its last step');
  }
  if (resultKey === null || differingStep === null || findings.has(`${where}/diverged`)) return [];
  const { step, missing } = differingStep;
  return [
    {
      // Many trials may share one training; its difference is reported once.
      where: `stepResults/${resultKey.slice(0, shownDigits)}/${step}`,
      expected: `what trial ${number} reported`,
      found: missing ? shown(undefined) : 'something else',
      detail: `what its training came to after step ${step}: its values, and whether it diverged`,
    },
  ];
}

function reported(where: string, step: number, expected: unknown, found: unknown): Difference {
  const detail = 'the values of the trial, and what its training came to after this step';
  return { where: `${where}/measurements/${step}`, ...shownPair(expected, found), detail };
}
