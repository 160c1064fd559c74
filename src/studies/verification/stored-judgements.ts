import { setImmediate } from 'node:timers/promises';
import type { StoredResult } from '../events/stored-result.ts';
import type { Study } from '../model/study.ts';
import { isJudgedAt } from '../pruning/judgement.ts';
import { JudgementCheck, type WrongJudgement } from '../pruning/judgement-check.ts';
import { isAskedFor } from '../search/on-demand.ts';
import { type Difference, shown } from './difference.ts';
import type { Findings } from './findings.ts';
import { numberedBuffer } from './numbered-buffer.ts';
import type { StudyLists } from './study-lists.ts';

/** Judgements that are made between two pauses: some milliseconds of work. */
const madeAtOnce = 50;

/** Makes the judgements of a pruner again; nothing if the study has none. */
export async function checkJudgements({ spec }: Pick<Study, 'spec'>, lists: StudyLists, findings: Findings): Promise<void> {
  if (!spec.pruner) return;
  const check = new JudgementCheck(spec, spec.pruner);
  await using results = numberedBuffer(lists.results(), ({ number }) => number);
  for await (const { number, generation, given, state, values, prunedAt } of lists.trials()) {
    if (findings.full()) return;
    await results.readTo(number + 1);
    const result = results.at(number);
    results.forget(number + 1);
    const wrong = check.take({
      number,
      generation,
      given,
      state,
      values,
      judgements: result?.judgements,
      ...(prunedAt !== undefined && { prunedAt }),
    });
    findings.add(...[...wrong, ...(result && !isAskedFor(spec) ? missing(spec.pruner, result) : [])].map(differenceOf));
  }
  let made = 0;
  for (const wrong of check.finish()) {
    findings.add(...wrong.map(differenceOf));
    made += 1;
    if (made % madeAtOnce === 0) await setImmediate();
  }
}

/** Steps of a result without a judgement. Workers of clients may deliver a result that they never reported. */
function missing(
  pruner: Parameters<typeof isJudgedAt>[0],
  { number, state, measurements, judgements = [] }: StoredResult,
): WrongJudgement[] {
  if (state !== 'completed' && state !== 'pruned') return [];
  const last = measurements.at(-1)?.step ?? 0;
  const due = measurements.filter(({ step }) => isJudgedAt(pruner, step, state === 'completed' ? last : null));
  const found = new Set(judgements.map(({ step }) => step));
  return due
    .filter(({ step }) => !found.has(step))
    .map(({ step }) => ({ number, step, expected: 'a judgement', found: null, detail: 'a trial is judged at every rung that it reports' }));
}

function differenceOf({ number, step, expected, found, detail }: WrongJudgement): Difference {
  const where = `trials/${number}/judgements${step === null ? '' : `/${step}`}`;
  return { where, expected: shown(expected), found: found === null ? shown(undefined) : shown(found), detail };
}
