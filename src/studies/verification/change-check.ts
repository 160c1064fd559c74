import { type DefinitionChanges, withChanges } from '../definition/changes.ts';
import type { ResolvedSpec } from '../definition/definition.ts';
import { readDefinition } from '../definition/stored.ts';
import type { ChangedFacts } from '../events/event.ts';
import type { LoggedEvent } from '../events/read.ts';
import type { Study } from '../model/study.ts';
import { differing, same } from './difference.ts';
import type { Findings } from './findings.ts';

/** The values of a study that requests may change, as the events so far have them. */
export interface LoggedChanges {
  readonly changes: DefinitionChanges;
  readonly priority: number;
}

/** Before the first event of a change. */
export const nothingChanged: LoggedChanges = { changes: {}, priority: 0 };

type Extended = Extract<LoggedEvent, { type: 'study-extended' }>['data'];
type Changed = Extract<LoggedEvent, { type: 'study-changed' }>['data'];

/** Compares the values that an event of a change names as those before it. @param known null after an event that cannot be trusted */
export function afterExtension(
  study: Study,
  { known, sequence, findings }: { readonly known: LoggedChanges | null; readonly sequence: number; readonly findings: Findings },
  { from, to }: Extended,
): LoggedChanges | null {
  if (known === null) return null;
  const { budget } = specOf(study, known);
  if (!same(budget, from))
    findings.add(...differing(`events/${sequence}/data`, budget, from, 'the budget before it, as the event log has it'));
  return { ...known, changes: { ...known.changes, budget: to } };
}

/** The same for other values. */
export function afterChange(
  study: Study,
  { known, sequence, findings }: { readonly known: LoggedChanges | null; readonly sequence: number; readonly findings: Findings },
  { from, to }: Changed,
): LoggedChanges | null {
  if (known === null) return null;
  const before: ChangedFacts = { ...specOf(study, known), priority: known.priority };
  for (const name of ['parallelism', 'priority', 'labels'] as const)
    if (to[name] !== undefined && !same(before[name], from[name]))
      findings.add(...differing(`events/${sequence}/data`, before[name], from[name], `${name} before it, as the event log has it`));
  const { priority = known.priority, ...changes } = to;
  return { changes: { ...known.changes, ...changes }, priority };
}

/** Compares the values at the end of the log with those of the study. */
export function compareChanges(study: Study, { changes, priority }: LoggedChanges, findings: Findings): void {
  const logged = Object.keys(changes).length === 0 ? null : changes;
  const detail = 'as the event log has it';
  findings.add(
    ...differing('study/changes', logged, study.changes, detail),
    ...differing('study/priority', priority, study.priority, detail),
  );
}

function specOf({ definition }: Study, { changes }: LoggedChanges): ResolvedSpec {
  return withChanges(readDefinition(definition.version, definition.content), changes);
}
