import pg from 'pg';
import type { Received } from './reader.ts';

/** Events that a reader should have had. */
export interface Loss {
  readonly reader: Received;
  readonly missing: number;
}

/** Reads the numbers of all events of each study, in order, from the database. */
export async function expected(url: string): Promise<ReadonlyMap<string, readonly number[]>> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query(
      'SELECT study_id, array_agg(sequence ORDER BY sequence) AS sequences FROM outbox WHERE study_id IS NOT NULL GROUP BY study_id',
    );
    return new Map(rows.map(({ study_id: study, sequences }: { study_id: string; sequences: string[] }) => [study, sequences.map(Number)]));
  } finally {
    await client.end();
  }
}

/** Compares the readers with what they should have had: as many as there are after their start, since none came twice or out of order. */
export function lossesOf(readers: readonly Received[], wanted: ReadonlyMap<string, readonly number[]>): Loss[] {
  return readers.flatMap((reader) => {
    const due = (wanted.get(reader.study) ?? []).filter((sequence) => sequence > (reader.start ?? 0) && sequence <= reader.last).length;
    return due === reader.count ? [] : [{ reader, missing: Math.abs(due - reader.count) }];
  });
}
