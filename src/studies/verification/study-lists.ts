import type { StudyEvent } from '../events/event.ts';
import type { StoredResult } from '../events/stored-result.ts';
import type { Study, StudyCheckpoint } from '../model/study.ts';
import type { Trial } from '../model/trial.ts';
import type { StudyReader } from '../ports/reader.ts';
import type { StoredTraces, VerificationReads } from '../ports/verification-reads.ts';
import type { Findings } from './findings.ts';
import { readPaged } from './read-paged.ts';

/** Stored lists of a study, each in order from its beginning; read page by page. */
export interface StudyLists {
  trials(): AsyncGenerator<Trial>;
  results(): AsyncGenerator<StoredResult>;
  traces(): AsyncGenerator<StoredTraces>;
  checkpoints(): AsyncGenerator<StudyCheckpoint>;
  events(): AsyncGenerator<StudyEvent>;
}

/** The lists of a study; unreadable items are reported as differences. */
export function studyLists(reader: StudyReader & VerificationReads, { id: studyId }: Pick<Study, 'id'>, findings: Findings): StudyLists {
  const numberOf = ({ number }: { readonly number: number }): number => number;
  const sequenceOf = ({ sequence }: { readonly sequence: number }): number => sequence;
  const list = <Item>(name: string, keyOf: (item: Item) => number, page: Parameters<typeof readPaged<Item>>[0]['page']) =>
    readPaged({ name, keyOf, page }, findings);
  return {
    trials: () => list('trials', numberOf, (limit, after) => reader.trials({ studyId, limit, after })),
    results: () =>
      list('trials', numberOf, async (limit, after = -1) => {
        const items = await reader.storedResults(studyId, after + 1, after + 1 + limit);
        return { items, next: items.length > 0 ? 'more' : null };
      }),
    traces: () => list('trials', numberOf, (limit, after) => reader.storedTraces({ studyId, limit, after })),
    checkpoints: () => list('checkpoints', sequenceOf, (limit, after) => reader.checkpoints({ studyId, limit, after })),
    events: () => list('events', sequenceOf, (limit, after) => reader.events({ studyId, limit, after })),
  };
}
