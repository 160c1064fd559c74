import { setImmediate } from 'node:timers/promises';
import type { Violation } from '../../shared/errors.ts';
import { isJudgedAt } from '../pruning/judgement.ts';
import { JudgementCheck, type WrongJudgement } from '../pruning/judgement-check.ts';
import { changedSpec } from './changed-spec.ts';
import type { ExportedTrial, StudyDocument } from './document.ts';
import { prunedAtOf } from './replayed.ts';

/** Trials that are checked between two pauses: some milliseconds of work. */
const trialsAtOnce = 50;
/** Limit of reported violations: after the first one, those that saw it are wrong as well. */
const mostViolations = 10;

/** Checks the judgements of a document: they follow from the results. Pointers are into the request. */
export async function judgementViolations(document: StudyDocument): Promise<Violation[]> {
  const { pruner } = document.spec;
  if (!pruner) return needless(document).map(inRequest);
  const check = new JudgementCheck(changedSpec(document), pruner);
  const places = new Map(document.trials.map(({ number }, index) => [number, index]));
  const violations: Violation[] = [];
  for (const [index, { given = null, ...trial }] of document.trials.entries()) {
    if (index % trialsAtOnce === 0) await setImmediate();
    const steps = (trial.judgements ?? []).map(({ step }) => step);
    const wrongStep = steps.findIndex((step, place) => !isJudgedAt(pruner, step, null) || step <= (steps[place - 1] ?? 0));
    const pointer = `/trials/${index}/judgements/${wrongStep}/step`;
    if (wrongStep >= 0) violations.push({ pointer, detail: 'must be a step at which the pruner judges, by ascending step' });
    else violations.push(...check.take({ ...trial, ...endOf(trial), given }).map((wrong) => violationOf(document, index, wrong)));
    if (violations.length >= mostViolations) return violations.map(inRequest);
  }
  let made = 0;
  for (const wrong of check.finish()) {
    violations.push(...wrong.map((one) => violationOf(document, places.get(one.number) ?? 0, one)));
    if (violations.length >= mostViolations) break;
    made += 1;
    if (made % trialsAtOnce === 0) await setImmediate();
  }
  return violations.map(inRequest);
}

function endOf(trial: Pick<ExportedTrial, 'state' | 'judgements'>): { readonly prunedAt?: number } {
  const prunedAt = prunedAtOf(trial);
  return prunedAt === undefined ? {} : { prunedAt };
}

function needless({ trials }: StudyDocument): Violation[] {
  return trials.flatMap(({ state, judgements }, index): Violation[] => [
    ...(judgements ? [{ pointer: `/trials/${index}/judgements`, detail: 'must be absent: the study has no pruner' }] : []),
    ...(state === 'pruned' ? [{ pointer: `/trials/${index}/state`, detail: 'must not be pruned: the study has no pruner' }] : []),
  ]);
}

function violationOf({ trials }: StudyDocument, index: number, { step, expected, found, detail }: WrongJudgement): Violation {
  const place = trials[index]?.judgements?.findIndex((judgement) => judgement.step === step) ?? -1;
  const pointer = `/trials/${index}/${place < 0 ? 'judgements' : `judgements/${place}`}`;
  return { pointer, detail: `must be ${JSON.stringify(expected)}, got ${JSON.stringify(found)}: ${detail}` };
}

function inRequest({ pointer, detail }: Violation): Violation {
  return { pointer: `/document${pointer}`, detail };
}
