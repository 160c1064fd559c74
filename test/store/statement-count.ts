import pg from 'pg';

/** Load of an operation on the database. */
export interface StatementCount {
  /** Statements, without those that begin and end a transaction. */
  readonly statements: number;
  /** Commits that store something. */
  readonly commits: number;
  /** All that was sent, one after another: each is a wait for the server. */
  readonly roundTrips: number;
}

export interface StatementCounter extends Disposable {
  of(work: () => Promise<unknown>): Promise<StatementCount>;
  /** The statements that work sends, in order. */
  texts(work: () => Promise<unknown>): Promise<string[]>;
}

interface Sent {
  readonly client: unknown;
  readonly text: string;
}

/** Counts what the connections of this process send to PostgreSQL, below Prisma and the statements of our own. Disposing it ends that. */
export function statementCounter(): StatementCounter {
  let sent: Sent[] = [];
  const original = pg.Client.prototype.query;
  const counting = function (this: pg.Client, ...args: unknown[]): unknown {
    sent.push({ client: this, text: textOf(args[0]) });
    return Reflect.apply(original, this, args);
  };
  Object.defineProperty(pg.Client.prototype, 'query', { value: counting, configurable: true, writable: true });
  return {
    of: async (work) => {
      sent = [];
      await work();
      return countOf(sent);
    },
    texts: async (work) => {
      sent = [];
      await work();
      return sent.map(({ text }) => text);
    },
    [Symbol.dispose]: () => {
      Object.defineProperty(pg.Client.prototype, 'query', { value: original, configurable: true, writable: true });
    },
  };
}

function textOf(query: unknown): string {
  if (typeof query === 'string') return query;
  if (typeof query === 'object' && query !== null && 'text' in query) return String(query.text);
  throw new Error('a query has a text');
}

function countOf(sent: readonly Sent[]): StatementCount {
  const open = new Map<unknown, { wrote: boolean }>();
  let [statements, commits] = [0, 0];
  for (const { client, text } of sent) {
    const transaction = open.get(client);
    if (/^\s*BEGIN/i.test(text)) open.set(client, { wrote: false });
    else if (/^\s*(COMMIT|ROLLBACK)/i.test(text)) {
      open.delete(client);
      if (transaction?.wrote && /COMMIT/i.test(text)) commits += 1;
    } else {
      statements += 1;
      if (!writes(text)) continue;
      if (transaction) transaction.wrote = true;
      else commits += 1;
    }
  }
  return { statements, commits, roundTrips: sent.length };
}

/** A lock of rows is no write. */
function writes(text: string): boolean {
  return /\b(INSERT INTO|DELETE FROM|UPDATE)\b/i.test(text.replaceAll(/\bFOR (NO KEY )?UPDATE\b/gi, ''));
}
