import type { Violation } from '../../shared/errors.ts';
import { samplerOf } from '../definition/definition.ts';
import { targetViolations, withoutOrigin } from '../definition/violations.ts';
import { failurePolicyOf } from '../model/failure.ts';
import { endsByBudget } from '../model/study.ts';
import type { ExportedTrial, StudyDocument } from './document.ts';
import { specViolations } from './document-violations.ts';
import { forkPoint, specAfter } from './fork.ts';
import type { CurrentImport } from './request.ts';

/** Checks the import options against a document that is valid alone. Pointers are into the request. */
export function optionViolations(request: CurrentImport): Violation[] {
  return [...seedViolations(request), ...forkViolations(request), ...budgetViolations(request)];
}

function seedViolations({ seed, fork }: CurrentImport): Violation[] {
  if (seed === undefined || fork) return [];
  return [{ pointer: '/seed', detail: 'is allowed only with a fork: a study that continues keeps its seed' }];
}

function forkViolations({ document, fork }: CurrentImport): Violation[] {
  if (!fork) return [];
  const { generation, trials } = fork;
  const violations = [
    ...(generation === undefined ? [] : generationViolations(document, generation)),
    ...(trials === undefined ? [] : trialsViolations(document, trials)),
  ];
  if (violations.length > 0) return violations;
  const kept = forkPoint(document, fork);
  const fatal = document.trials.find(({ number, error }) => number < kept && error !== null && failurePolicyOf(error).endsStudy);
  if (!fatal) return [];
  const pointer = generation === undefined ? '/fork/trials' : '/fork/generation';
  return [{ pointer, detail: `keeps trial ${fatal.number}, whose error (${fatal.error?.code}) ends a study: keep fewer` }];
}

function generationViolations({ spec, checkpoints }: StudyDocument, generation: number): Violation[] {
  const { learns, name } = samplerOf(spec);
  const pointer = '/fork/generation';
  if (learns !== 'generations') return [{ pointer, detail: `the ${name} sampler has no generations; give a number of trials` }];
  const closed = checkpoints.filter((checkpoint) => checkpoint.generation !== null).length;
  if (generation < closed) return [];
  const detail = closed === 0 ? 'there is no complete generation' : `must be at most ${closed - 1}, the last complete generation`;
  return [{ pointer, detail }];
}

function trialsViolations({ spec, trials }: StudyDocument, wanted: number): Violation[] {
  const { learns, name } = samplerOf(spec);
  const pointer = '/fork/trials';
  if (learns === 'generations')
    return [{ pointer, detail: `the ${name} sampler evaluates whole generations; give the last generation to keep` }];
  const done = resultsWithoutGap(trials);
  const named = spec.givenTrials?.length ?? 0;
  if (wanted < named) return [{ pointer, detail: `must be at least ${named}: the definition gives that many trials` }];
  return wanted <= done ? [] : [{ pointer, detail: `must be at most ${done}, the number of results without a gap` }];
}

function resultsWithoutGap(trials: readonly ExportedTrial[]): number {
  const gap = trials.findIndex(({ number }, index) => number !== index);
  return gap < 0 ? trials.length : gap;
}

function budgetViolations(request: CurrentImport): Violation[] {
  const { document, budget, fork } = request;
  if (budget === undefined) return [];
  const { outcome } = document;
  if (!fork && outcome && !endsByBudget(outcome))
    return [
      { pointer: '/budget', detail: `the study did not end by its budget (${outcome.reason}), so no budget can continue it: fork it` },
    ];
  const spec = specAfter(document.spec, { budget });
  // The document's own check covered the rest of the definition. The budget is new, and must keep what new ones must.
  return [...specViolations(spec).filter(({ pointer }) => pointer.startsWith('/budget')), ...targetViolations(spec).map(withoutOrigin)];
}
