import { DomainError, type Violation } from '../../shared/errors.ts';
import { addedChanges, type DefinitionChanges, hasSameLabels } from '../definition/changes.ts';
import { type ResolvedSpec, samplerOf } from '../definition/definition.ts';
import { definitionViolations } from '../definition/violations.ts';
import type { ChangedFacts } from '../events/event.ts';
import { changedEvent } from '../events/facts.ts';
import { isEnded } from '../model/states.ts';
import type { Study } from '../model/study.ts';
import { refuseOtherVersion } from '../model/version.ts';
import type { Transactions } from '../ports/transactions.ts';
import { waitsForWindow } from '../search/proposals.ts';
import { advanceStudy } from './advance.ts';
import { appendEvents } from './event-log.ts';
import { refuse, refusePart } from './extend.ts';
import { lockedStudy } from './life-cycle.ts';

/**
 * Changes the labels, the priority or the parallelism of a study; if it has ended, only the labels can change. Values that the study has
 * already are left out. If no other is left, nothing is stored.
 *
 * @param version the version that the study must still have; null for any
 * @throws DomainError `study-not-found`; `precondition-failed` if it has another version; `study-in-campaign`; `state-conflict` with the current state; `invalid-change` that lists
 *   every violation, with pointers into the request
 */
export async function changeStudy(
  store: Transactions,
  studyId: string,
  wanted: ChangedFacts,
  version: number | null = null,
): Promise<void> {
  await store.transaction(async (tx) => {
    const study = await lockedStudy(tx, studyId);
    refuseOtherVersion('study', study, version);
    refusePart(study, 'changed', 'a campaign runs its searches as it defines them');
    const { from, to } = differing(study, wanted);
    if (Object.keys(to).length === 0) return;
    refuseEnded(study, to);
    refuse(parallelismViolations(study.spec, to));
    const { priority = study.priority, ...changes } = to;
    tx.noteCommit('move');
    await tx.changeStudy(studyId, { changes: addedChanges(study.changes, changes), spec: changedSpec(study.spec, changes), priority });
    await appendEvents(tx, study, [changedEvent(from, to)]);
  });
  await advanceStudy(store, studyId);
}

/** The values that differ from those of the study, before and after. */
function differing({ spec, priority }: Study, wanted: ChangedFacts): { readonly from: ChangedFacts; readonly to: ChangedFacts } {
  const has = {
    parallelism: wanted.parallelism !== undefined && wanted.parallelism !== spec.parallelism,
    priority: wanted.priority !== undefined && wanted.priority !== priority,
    labels: wanted.labels !== undefined && !hasSameLabels(wanted.labels, spec.labels),
  };
  const only = (values: ChangedFacts): ChangedFacts => ({
    ...(has.parallelism && { parallelism: values.parallelism }),
    ...(has.priority && { priority: values.priority }),
    ...(has.labels && { labels: values.labels }),
  });
  return { from: only({ parallelism: spec.parallelism, priority, labels: spec.labels }), to: only(wanted) };
}

function changedSpec(spec: ResolvedSpec, { parallelism = spec.parallelism, labels = spec.labels }: DefinitionChanges): ResolvedSpec {
  return { ...spec, parallelism, labels };
}

function refuseEnded({ state }: Study, { parallelism, priority }: ChangedFacts): void {
  if (!isEnded(state) || (parallelism === undefined && priority === undefined)) return;
  throw new DomainError('state-conflict', `the study is ${state}: it has no trials to come, so only its labels can change`, {
    details: { state },
  });
}

function parallelismViolations(spec: ResolvedSpec, { parallelism }: ChangedFacts): Violation[] {
  if (parallelism === undefined) return [];
  const sampler = samplerOf(spec);
  if (waitsForWindow(spec, sampler)) {
    const uses =
      sampler.learns === 'history'
        ? `the ${sampler.name} sampler suggests trial n from the results of the trials 0 to n - ${spec.parallelism}, so another parallelism would suggest other trials`
        : `the pruner compares trial n with the trials 0 to n - ${spec.parallelism}, so another parallelism would stop other trials`;
    const detail = `is a part of this search: under the deterministic schedule ${uses}. Fork the study, or create one with the asynchronous schedule`;
    return [{ pointer: '/parallelism', detail }];
  }
  const { lineage: _lineage, evaluate: _evaluate, ...definition } = { ...spec, parallelism };
  return definitionViolations(definition).filter(({ pointer }) => pointer === '/parallelism');
}
