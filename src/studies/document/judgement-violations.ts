import type { Violation } from '../../shared/errors.ts';
import { isJudgedAt } from '../pruning/judgement.ts';
import { JudgementCheck, type WrongJudgement } from '../pruning/judgement-check.ts';
import { changedSpec } from './changed-spec.ts';
import type { StudyDocument } from './document.ts';

/** Checks the judgements of a document: they follow from the results. Pointers are into the document. */
export function judgementViolations(document: StudyDocument): Violation[] {
  const spec = changedSpec(document);
  const { pruner } = spec;
  if (!pruner) return needless(document);
  const check = new JudgementCheck(spec, pruner);
  const places = new Map(document.trials.map(({ number }, index) => [number, index]));
  const violations = document.trials.flatMap(({ given = null, ...trial }, index) => {
    const steps = (trial.judgements ?? []).map(({ step }) => step);
    const wrongStep = steps.findIndex((step, place) => !isJudgedAt(pruner, step, null) || step <= (steps[place - 1] ?? 0));
    if (wrongStep >= 0)
      return [
        {
          pointer: `/trials/${index}/judgements/${wrongStep}/step`,
          detail: 'must be a step at which the pruner judges, by ascending step',
        },
      ];
    return check.take({ ...trial, given }).map((wrong) => violationOf(document, index, wrong));
  });
  return [...violations, ...check.finish().map((wrong) => violationOf(document, places.get(wrong.number) ?? 0, wrong))];
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
