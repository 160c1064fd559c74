import { z } from 'zod';
import type { Page } from '../../shared/page.ts';
import { emptyChain, headAfter } from '../../studies/events/chain.ts';
import { type ChainedEvent, eventTypes, type StudyEvent } from '../../studies/events/event.ts';
import type { StudyReader } from '../../studies/ports/reader.ts';
import type { Connection } from '../database/database.ts';
import type { StudyEvent as EventRow } from '../generated/client.ts';
import { pageOf } from './page-of.ts';

const typeSchema = z.enum(eventTypes);

/** Appends chained events to the log of a study whose row is locked or new, and updates the head of its chain, in one statement. */
export async function insertEvents(tx: Connection, studyId: string, events: readonly ChainedEvent[]): Promise<void> {
  if (events.length === 0) return;
  const head = headAfter(emptyChain, events);
  await tx.$executeRaw`
    WITH inserted AS (
      INSERT INTO study_event (study_id, sequence, type, data, previous, hash)
      SELECT ${studyId}::uuid, event.sequence, event.type, event.data, event.previous, event.hash
      FROM jsonb_to_recordset(${JSON.stringify(events)}::jsonb) AS event (sequence int, type text, data jsonb, previous text, hash text)
    )
    UPDATE study SET event_count = ${head.count}::int, event_head = ${head.hash} WHERE id = ${studyId}::uuid`;
}

/** The event log of a study, a range of its primary key. */
export async function readEvents(
  connection: Connection,
  { studyId, limit, after }: Parameters<StudyReader['events']>[0],
): Promise<Page<StudyEvent>> {
  const where = { studyId, ...(after !== undefined && { sequence: { gt: after } }) };
  const rows = await connection.studyEvent.findMany({ where, orderBy: { sequence: 'asc' }, take: limit + 1 });
  return pageOf(rows, limit, eventFromRow, (row) => String(row.sequence));
}

function eventFromRow({ sequence, type, data, previous, hash, createdAt }: EventRow): StudyEvent {
  return { sequence, type: typeSchema.parse(type), data, previous, hash, createdAt };
}
