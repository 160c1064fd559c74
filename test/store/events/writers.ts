import pg from 'pg';
import type { FeedEvent } from '../../../src/events/event.ts';
import type { EventFeed } from '../../../src/events/ports.ts';

/** A session that writes events in transactions of its own. Disposing it ends the session, and its transaction. */
export interface Writer extends AsyncDisposable {
  sql(text: string): Promise<Record<string, unknown>[]>;
  /** Writes an event of a project, as a trigger does. */
  write(project: string): Promise<void>;
}

export async function openWriter(url: string): Promise<Writer> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const sql = async (text: string): Promise<Record<string, unknown>[]> => (await client.query(text)).rows;
  return {
    sql,
    write: async (project) => {
      await client.query(`INSERT INTO outbox (project, type) VALUES ($1, 'campaign-created')`, [project]);
    },
    [Symbol.asyncDispose]: () => client.end(),
  };
}

/** The events that a listener heard. Disposing it ends the listening. */
export interface Heard extends Disposable {
  readonly events: FeedEvent[];
  projects(): string[];
}

/** Listens to all events from now on. */
export async function hear(feed: EventFeed): Promise<Heard> {
  const events: FeedEvent[] = [];
  const end = feed.subscribe({ filter: {}, receive: (more) => void events.push(...more) });
  await feed.position();
  return { events, projects: () => events.map(({ project }) => project), [Symbol.dispose]: end };
}
