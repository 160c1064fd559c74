import { describe, expect, it } from 'vitest';
import { isDatabaseUnreachable } from '../../src/shared/database-unreachable.ts';

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
    ['a server that starts, as the client wraps it', wrapped('P2010', { kind: 'postgres', originalCode: '57P03' })],
    ['a connection that was reset, as the client wraps it', wrapped('P2010', { kind: 'ConnectionClosed' })],
    ['a connection that timed out, as the client wraps it', wrapped('P2010', { kind: 'SocketTimeout' })],
    ['a server with too many connections', wrapped('P2010', { kind: 'TooManyConnections', cause: 'sorry' })],
    ['a connection that ended in the middle', error('Connection terminated unexpectedly')],
    ['a cause deep inside', new Error('outer', { cause: new Error('inner', { cause: error('x', { code: 'EPIPE' }) }) })],
  ])('by %s', (_what, thrown) => expect(isDatabaseUnreachable(thrown)).toBe(true));
});

describe('what is not taken for it', () => {
  it.each<[string, unknown]>([
    ['a bug', new TypeError('x is not a function')],
    ['a unique violation', wrapped('P2002', { kind: 'UniqueConstraintViolation', originalCode: '23505' })],
    ['a check violation', wrapped('P2010', { kind: 'postgres', originalCode: '23514' })],
    ['a deadlock', wrapped('P2034', { kind: 'TransactionWriteConflict', originalCode: '40P01' })],
    ['nothing', null],
    ['a text', 'ECONNREFUSED'],
  ])('%s', (_what, thrown) => expect(isDatabaseUnreachable(thrown)).toBe(false));

  it('an error that is its own cause', () => {
    const circular = new Error('round');
    circular.cause = circular;
    expect(isDatabaseUnreachable(circular)).toBe(false);
  });
});
