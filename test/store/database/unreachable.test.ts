import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DatabaseUnreachableError } from '../../../src/shared/database-unreachable.ts';
import { readAddress } from '../../../src/store/database/address.ts';
import { inSnapshot, inStatement, inTransaction, openDatabase, openDirectDatabase } from '../../../src/store/database/database.ts';
import { domainError } from '../../../src/store/database/unreachable.ts';
import { openGate } from '../../chaos/database-gate.ts';
import { openStudyStore, type StudyStore } from '../study-fixture.ts';

const error = (message: string, fields: object = {}) => Object.assign(new Error(message), fields);
/** As the database client wraps what its driver threw. */
const wrapped = (code: string, cause: object) =>
  error('Invalid invocation', { code, meta: { driverAdapterError: error('DriverAdapterError', { cause }) } });

describe('a database that cannot be reached is known', () => {
  it.each<[string, unknown]>([
    ['a socket that nobody listens on', error('connect', { code: 'ECONNREFUSED' })],
    ['several addresses, none of which answers', new AggregateError([error('connect', { code: 'ECONNREFUSED' })])],
    ['a server that shuts down', error('terminating connection due to administrator command', { code: '57P01', severity: 'FATAL' })],
    ['a server whose other session crashed', error('terminating connection', { code: '57P02' })],
    ['a server that starts', error('the database system is starting up', { code: '57P03' })],
    ['a server that became a standby', error('cannot execute UPDATE in a read-only transaction', { code: '25006', severity: 'ERROR' })],
    ['a server that starts, as the client wraps it', wrapped('P2010', { kind: 'postgres', originalCode: '57P03' })],
    ['a connection that was reset, as the client wraps it', wrapped('P2010', { kind: 'ConnectionClosed' })],
    ['a connection that timed out, as the client wraps it', wrapped('P2010', { kind: 'SocketTimeout' })],
    ['a server with too many connections', wrapped('P2010', { kind: 'TooManyConnections', cause: 'sorry' })],
    ['a connection that ended in the middle', error('Connection terminated unexpectedly')],
    ['a server that takes a connection and answers nothing', error('Query read timeout')],
    ['a cause deep inside', new Error('outer', { cause: new Error('inner', { cause: error('x', { code: 'EPIPE' }) }) })],
  ])('by %s', (_what, thrown) => {
    expect(domainError(thrown)).toBeInstanceOf(DatabaseUnreachableError);
    expect(domainError(thrown)).toHaveProperty('cause', thrown);
  });
});

describe('what is not taken for it', () => {
  it.each<[string, unknown]>([
    ['a bug', new TypeError('x is not a function')],
    ['a unique violation', wrapped('P2002', { kind: 'UniqueConstraintViolation', originalCode: '23505' })],
    ['a check violation', wrapped('P2010', { kind: 'postgres', originalCode: '23514' })],
    ['a deadlock', wrapped('P2034', { kind: 'TransactionWriteConflict', originalCode: '40P01' })],
    ['one that is wrapped already', new DatabaseUnreachableError('gone', { cause: error('x', { code: 'EPIPE' }) })],
    ['nothing', null],
    ['a text', 'ECONNREFUSED'],
  ])('%s', (_what, thrown) => expect(domainError(thrown)).toBe(thrown));

  it('an error that is its own cause', () => {
    const circular = new Error('round');
    circular.cause = circular;
    expect(domainError(circular)).toBe(circular);
  });
});

describe('a database', () => {
  let store: StudyStore;
  beforeAll(async () => {
    store = await openStudyStore();
  });
  afterAll(() => store[Symbol.asyncDispose]());

  const missing = Object.assign(new Error('no such file'), { code: 'ENOENT' });
  const endsItself = 'SELECT pg_terminate_backend(pg_backend_pid())';
  const failing = () => Promise.reject(missing);

  it('that cannot be reached throws the error of the domain from statements, transactions and snapshots', async () => {
    await using nowhere = openDatabase({ address: readAddress('postgresql://nobody@127.0.0.1:1/none'), connections: 1 });
    const calls = await Promise.allSettled([
      nowhere.study.findMany(),
      nowhere.$queryRaw`SELECT 1`,
      nowhere.$executeRawUnsafe('SELECT 1'),
      inStatement('report', () => nowhere.study.count()),
      inTransaction(nowhere, async () => 1),
      inSnapshot(nowhere, async () => 1),
    ]);
    for (const call of calls) expect(call).toMatchObject({ status: 'rejected', reason: expect.any(DatabaseUnreachableError) });
  });

  it('that ends the connection of a transaction throws it once, with the error of its client as the cause', async () => {
    const thrown = await inTransaction(store.database, (tx) => tx.$executeRawUnsafe(endsItself)).catch((caught: unknown) => caught);
    expect(thrown).toBeInstanceOf(DatabaseUnreachableError);
    expect(thrown).toHaveProperty('cause', expect.objectContaining({ name: 'PrismaClientKnownRequestError' }));
  });

  it('that is lost between the work and its commit throws it too', async () => {
    const lost = inTransaction(store.database, async (tx) => {
      await tx.$executeRawUnsafe(endsItself).catch(() => undefined);
      return 'the work ended well';
    });
    await expect(lost).rejects.toBeInstanceOf(DatabaseUnreachableError);
  });

  it('throws the error of the work as it is, whatever its code', async () => {
    await expect(inTransaction(store.database, failing)).rejects.toBe(missing);
    await expect(inSnapshot(store.database, failing)).rejects.toBe(missing);
  });
});

describe('a connection that breaks without a word of the server', () => {
  let store: StudyStore;
  beforeAll(async () => {
    store = await openStudyStore();
  });
  afterAll(() => store[Symbol.asyncDispose]());

  const throughGate = async () => {
    const direct = new URL(store.url);
    const gate = await openGate(() => Number(direct.port));
    const address = new URL(store.url);
    address.port = String(gate.port);
    return { gate, options: { address: readAddress(address.href), connections: 1 } };
  };

  it('fails a statement on the driver, ends no process, and is replaced', async () => {
    const { gate, options } = await throughGate();
    await using _gate = gate;
    await using database = openDirectDatabase(options);
    const rows = (text: string) => database.rows({ text, values: [] });
    await rows('SELECT 1');
    const lost = rows('SELECT pg_sleep(30)');
    setTimeout(() => gate.cut(), 100);
    await expect(lost).rejects.toBeInstanceOf(DatabaseUnreachableError);
    await expect(rows('SELECT 1 AS one')).resolves.toEqual([{ one: 1 }]);
  });

  it('fails a transaction, at work or idle, ends no process, and is replaced', async () => {
    const { gate, options } = await throughGate();
    await using _gate = gate;
    await using database = openDatabase(options);
    const asleep = inTransaction(database, async (tx) => {
      setTimeout(() => gate.cut(), 100);
      await tx.$executeRawUnsafe('SELECT pg_sleep(30)');
    });
    await expect(asleep).rejects.toBeInstanceOf(DatabaseUnreachableError);
    const idle = inTransaction(database, async (tx) => {
      await tx.$executeRawUnsafe('SELECT 1');
      gate.cut();
      await new Promise((later) => setTimeout(later, 100));
    });
    await expect(idle).rejects.toBeInstanceOf(DatabaseUnreachableError);
    await expect(database.$queryRaw`SELECT 1 AS one`).resolves.toEqual([{ one: 1 }]);
  });
});
