import { z } from 'zod';
import type { AgedMark, EventFilter, FeedEvent } from '../../events/event.ts';
import { feedEventTypes, loggedTypes } from '../../events/event.ts';
import type { EventLog } from '../../events/ports.ts';
import type { DirectDatabase } from '../database/direct.ts';

const numberSchema = z.string().transform(BigInt);
const boundsSchema = z.tuple([z.object({ deleted_through: numberSchema, latest: numberSchema })]);
const markSchema = z
  .object({ sequence: numberSchema, project: z.string(), study_id: z.string().nullable(), type: z.string(), age: z.number() })
  .transform(({ study_id: studyId, age: ageSeconds, ...mark }): AgedMark => ({ ...mark, studyId, ageSeconds }));
const writersSchema = z.array(z.object({ holder: z.string() }));
const typeSchema = z.enum(feedEventTypes);
/** Null for what is gone, and for types of a later release beside this one. */
const eventSchema = z
  .object({
    sequence: numberSchema,
    project: z.string(),
    study_id: z.string().nullable(),
    campaign_id: z.string().nullable(),
    type: z.string(),
    number: z.number().nullable(),
    data: z.unknown(),
    previous: z.string().nullable(),
    hash: z.string().nullable(),
    created_at: z.date(),
    is_gone: z.boolean(),
  })
  .transform(
    ({
      study_id: studyId,
      campaign_id: campaignId,
      created_at: createdAt,
      previous,
      hash,
      is_gone: isGone,
      ...event
    }): FeedEvent | null => {
      const type = typeSchema.safeParse(event.type);
      if (isGone || !type.success) return null;
      return {
        ...event,
        type: type.data,
        studyId,
        campaignId,
        createdAt,
        chain: previous === null || hash === null ? null : { previous, hash },
      };
    },
  );

/** Most rows that one page looks at in search of the few that a filter lets through. */
const lookedAtOnce = 20_000n;

/**
 * Reads events by the primary key of the table, or by its index of studies.
 *
 * @param tail where the feed follows the table: pages, of which slow readers ask for many, must not hold it up
 */
export function outbox(database: DirectDatabase, tail = database): EventLog {
  return {
    bounds: async () => {
      const [{ deleted_through: deletedThrough, latest }] = boundsSchema.parse(await database.rows({ text: boundsText, values: [] }));
      return { deletedThrough, latest };
    },
    marks: async (after, limit) => {
      return z.array(markSchema).parse(await tail.rows({ text: marksText, values: [String(after), limit] }));
    },
    writers: async () => new Set(writersSchema.parse(await tail.rows({ text: writersText, values: [] })).map(({ holder }) => holder)),
    events: async (sequences) =>
      eventsFromRows(
        await tail.rows({
          text: `${eventsSelect} WHERE outbox.sequence = ANY ($2::bigint[]) ORDER BY outbox.sequence`,
          values: [logged, sequences.map(String)],
        }),
      ),
    page: (range, filter, limit) => readPage(database, range, filter, limit),
  };
}

/** The sequence knows the highest number also where the table is empty. It is no part of a snapshot: a number that was drawn is seen at once. */
const boundsText = `
  SELECT deleted_through, (SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM outbox_sequence_seq) AS latest FROM event_horizon`;

const marksText = `
  SELECT sequence, project, study_id, type, extract(epoch FROM clock_timestamp() - created_at)::double precision AS age
  FROM outbox WHERE sequence > $1::bigint ORDER BY sequence LIMIT $2::int`;

/** A transaction locks the table before its first event draws a number, and until it has ended and its events are visible. */
const writersText = `
  SELECT DISTINCT virtualtransaction AS holder FROM pg_locks
  WHERE locktype = 'relation' AND relation = 'outbox'::regclass AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
    AND mode = 'RowExclusiveLock' AND granted AND pid <> pg_backend_pid()`;

const logged = [...loggedTypes];

/** An event of the log has its data there. Without its row the study was deleted, or is being read at that moment. */
const eventsSelect = `
  SELECT outbox.sequence, outbox.project, outbox.study_id, COALESCE(outbox.campaign_id, study.campaign_id) AS campaign_id, outbox.type,
    outbox.number, COALESCE(logged.data, outbox.data) AS data, logged.previous, logged.hash, outbox.created_at,
    outbox.type = ANY ($1::text[]) AND logged.hash IS NULL AS is_gone
  FROM outbox
    LEFT JOIN study ON study.id = outbox.study_id
    LEFT JOIN study_event AS logged
      ON outbox.type = ANY ($1::text[]) AND logged.study_id = outbox.study_id AND logged.sequence = outbox.number`;

function eventsFromRows(rows: unknown[]): FeedEvent[] {
  return z
    .array(eventSchema)
    .parse(rows)
    .filter((event) => event !== null);
}

async function readPage(
  database: DirectDatabase,
  { after, through }: { readonly after: bigint; readonly through: bigint },
  { project, studyId, types }: EventFilter,
  limit: number,
): ReturnType<EventLog['page']> {
  const ofStudy = studyId !== undefined;
  const last = ofStudy || through - after <= lookedAtOnce ? through : after + lookedAtOnce;
  const rows = await database.rows({
    text: `${eventsSelect}
      WHERE outbox.sequence > $2::bigint AND outbox.sequence <= $3::bigint ${ofStudy ? 'AND outbox.study_id = $7::uuid' : ''}
        AND ($5::text IS NULL OR outbox.project = $5) AND ($6::text[] IS NULL OR outbox.type = ANY ($6))
      ORDER BY outbox.sequence LIMIT $4::int`,
    values: [logged, String(after), String(last), limit, project ?? null, types ?? null, ...(ofStudy ? [studyId] : [])],
  });
  const lastRead = rows.length < limit ? last : z.looseObject({ sequence: numberSchema }).parse(rows.at(-1)).sequence;
  return { events: eventsFromRows(rows), position: lastRead };
}
