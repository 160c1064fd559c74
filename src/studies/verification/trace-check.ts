import { oriented } from '../../samplers/contract.ts';
import type { Study } from '../model/study.ts';
import type { Trial } from '../model/trial.ts';
import type { StoredTraces } from '../ports/verification-reads.ts';
import { type Difference, differing, same, shown, shownPair } from './difference.ts';
import type { Findings } from './findings.ts';
import { givenOf } from './given.ts';
import type { LogKnowledge } from './log-check.ts';
import { surplusTrial } from './replay-differences.ts';
import type { StudyLists } from './study-lists.ts';

/** Enough digits of a digest to find it again. */
const shownDigits = 16;

/**
 * Compares the result of each trial with what it was made of: its value is the metric that the study optimises, its
 * score that value oriented, its metrics those of its last epoch, and its epochs those of the training that it stands on.
 *
 * Numbers have no gap.
 *
 * @param seen is given each trial, to rank it
 */
export async function checkTraces(
  study: Study,
  lists: StudyLists,
  known: LogKnowledge,
  findings: Findings,
  seen: (trial: Trial) => void,
): Promise<void> {
  await using traces = givenOf(lists.traces(), ({ number }) => number);
  let next = 0;
  for await (const trial of lists.trials()) {
    if (findings.full()) return;
    const { number } = trial;
    reportMissing(next, number, findings);
    if (number >= known.proposed) findings.add(surplusTrial(trial));
    next = number + 1;
    await traces.readTo(number + 1);
    const stored = traces.at(number);
    traces.forget(number + 1);
    if (stored) findings.add(...traceDifferences(study, { trial, stored, believed: known.trials.get(number)?.result ?? trial }, findings));
    seen(trial);
  }
  reportMissing(next, known.proposed, findings);
}

function reportMissing(from: number, end: number, findings: Findings): void {
  for (let number = from; number < end && !findings.full(); number += 1)
    findings.add({ where: `trials/${number}`, expected: 'a trial', found: shown(undefined), detail: 'trials are numbered without a gap' });
}

interface Traced {
  readonly trial: Trial;
  readonly stored: StoredTraces;
  /** The state and the value that the log has, where it has others. */
  readonly believed: Pick<Trial, 'state' | 'value'>;
}

function traceDifferences({ spec }: Study, { trial, stored, believed }: Traced, findings: Findings): Difference[] {
  const { direction, name } = spec.metric;
  const where = `trials/${trial.number}`;
  // Of a trial that is in a wrong state, nothing else is in its place.
  if (findings.has(`${where}/state`)) return [];
  const score = believed.value === null ? null : oriented(direction, believed.value);
  const scores = differing(`${where}/score`, score, stored.score, 'the value, oriented so that more is better');
  const epochs = findings.has(`${where}/reports`) ? [] : epochDifferences(where, trial, stored, findings);
  if (findings.has(`${where}/metrics`) || epochs.some((difference) => difference.where === `${where}/metrics`))
    return [...scores, ...epochs];
  const value = trial.state === 'completed' ? (trial.metrics?.[name] ?? null) : null;
  return [
    ...scores,
    ...epochs,
    ...differing(`${where}/value`, value, trial.value, `${name} after its last epoch, none where it did not complete`),
  ];
}

/** Metrics are stored three times: with the trial, with its last epoch, and with the training. The one that stands alone was changed. */
function epochDifferences(where: string, { number, state, metrics }: Trial, stored: StoredTraces, findings: Findings): Difference[] {
  const { lastReport, lastResult, epochsDigest, differingEpoch } = stored;
  const known = !findings.has(`${where}/metrics`);
  if (lastReport && state === 'completed' && known && !same(metrics, lastReport.metrics)) {
    const reportAlone = lastResult !== null && same(metrics, lastResult);
    return reportAlone
      ? [reported(where, lastReport.epoch, metrics, lastReport.metrics)]
      : differing(`${where}/metrics`, lastReport.metrics, metrics, 'what it reported after its last epoch');
  }
  if (epochsDigest === null || differingEpoch === null || findings.has(`${where}/diverged`)) return [];
  const { epoch, missing } = differingEpoch;
  return [
    {
      // Many trials may stand on one training: its difference is one.
      where: `epochResults/${epochsDigest.slice(0, shownDigits)}/${epoch}`,
      expected: `what trial ${number} reported`,
      found: missing ? shown(undefined) : 'something else',
      detail: `what its training came to after epoch ${epoch}: its metrics, and whether it diverged`,
    },
  ];
}

function reported(where: string, epoch: number, expected: unknown, found: unknown): Difference {
  const detail = 'the metrics of the trial, and what its training came to after this epoch';
  return { where: `${where}/reports/${epoch}`, ...shownPair(expected, found), detail };
}
