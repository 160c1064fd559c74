import { randomUUID } from 'node:crypto';
import { listen } from '../../shared/telemetry.ts';
import type { DatabaseAddress } from '../database/address.ts';
import { connect, type DatabaseConnection } from '../database/connect.ts';
import type { DirectDatabase } from '../database/direct.ts';
import { sessionSettings } from '../database/session.ts';

/** Wakes the readers of events after commits of any process. */
export interface EventWakes extends AsyncDisposable {
  /** Calls `woken` until the returned function is called. */
  wakes(woken: () => void): () => void;
}

const channel = 'clavier_events';
/** Shortest time in ms between two notifications of a process. They are sent outside of the transactions that they tell of: a commit with a notification waits for others with one. */
const notifyMs = 50;
/** Time in ms until a session that could not be opened, or was lost, is opened again. */
const reopenMs = 5000;

/**
 * Tells other processes of the commits of this one, and hears of theirs on one session, which is open while somebody wants to be woken. Behind
 * a pooler, where no session is one's own, only commits of this process wake. A notification may be lost: readers look by themselves, too.
 */
export function eventWakes(database: DirectDatabase, address: DatabaseAddress): EventWakes {
  const own = randomUUID();
  const heard = new Set<() => void>();
  const wakeAll = (): void => heard.forEach((woken) => void woken());
  const hearing = hearingOf(address, (from) => from !== own && wakeAll());
  let notifying: NodeJS.Timeout | null = null;
  let sent: Promise<unknown> = Promise.resolve();
  const notify = (): void => {
    notifying = null;
    sent = database.rows({ text: 'SELECT pg_notify($1, $2)', values: [channel, own] }).catch(() => undefined); // readers look each second
  };
  const unhear = listen('committed', () => {
    wakeAll();
    notifying ??= setTimeout(notify, notifyMs).unref();
  });
  return {
    wakes: (woken) => {
      heard.add(woken);
      hearing.begin();
      return () => {
        heard.delete(woken);
        if (heard.size === 0) hearing.end();
      };
    },
    [Symbol.asyncDispose]: async () => {
      unhear();
      if (notifying) {
        clearTimeout(notifying);
        notify();
      }
      await Promise.all([sent, hearing.end()]);
    },
  };
}

/** An open session; closing it ends the hearing. */
interface Hearing {
  close(): Promise<void>;
}

/** Keeps a session that hears notifications between `begin` and `end`. */
function hearingOf(address: DatabaseAddress, onNotification: (from: string | undefined) => void) {
  let opened: Promise<Hearing | null> | null = null;
  let retry: NodeJS.Timeout | null = null;
  const begin = (): void => {
    if (opened) return;
    const session = openSession(address, onNotification, () => reopen(session));
    opened = session;
    void session.then((hearing) => hearing === null && reopen(session));
  };
  const reopen = (session: Promise<Hearing | null>): void => {
    if (opened !== session) return;
    retry ??= setTimeout(() => {
      retry = null;
      opened = null;
      begin();
    }, reopenMs).unref();
  };
  const end = async (): Promise<void> => {
    if (retry) clearTimeout(retry);
    retry = null;
    const session = opened;
    opened = null;
    await (await session)?.close();
  };
  return { begin, end };
}

/** Opens a session that hears notifications; behind a pooler one that hears nothing. @returns null if none can be opened now */
async function openSession(
  address: DatabaseAddress,
  onNotification: (from: string | undefined) => void,
  onLost: () => void,
): Promise<Hearing | null> {
  const hearing = (connection: DatabaseConnection): Hearing => ({
    close: async () => {
      await connection.client.end().catch(() => undefined); // a lost one is closed
    },
  });
  try {
    const connection = await connect(address, sessionSettings(address, { statementMs: 15_000, idleInTransactionMs: 15_000 }));
    if (connection.pooled) {
      await connection[Symbol.asyncDispose]();
      return { close: async () => undefined };
    }
    try {
      connection.client.on('notification', ({ payload }) => onNotification(payload));
      connection.client.once('end', onLost);
      await connection.client.query(`LISTEN ${channel}`);
      return hearing(connection);
    } catch (error) {
      await hearing(connection).close();
      throw error;
    }
  } catch {
    return null; // tried again; until then readers look each second
  }
}
