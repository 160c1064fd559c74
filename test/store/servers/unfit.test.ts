import { randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { loadConfig } from '../../../src/config.ts';
import { createLog } from '../../../src/log.ts';
import { startService } from '../../../src/service.ts';
import { readAddress } from '../../../src/store/database/address.ts';
import { connect, reach } from '../../../src/store/database/connect.ts';
import { sessionSettings } from '../../../src/store/database/session.ts';
import { createEmptyDatabase, createTestDatabase } from '../database.ts';
import { newDatabaseName, runSql, withDatabase, withQuery } from '../server.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import { certificateFile, type OwnServer, startOwnServer } from './own-server.ts';

/** Starts the service on a database that it must refuse. @returns the one line that it says */
async function refusal(databaseUrl: string): Promise<string> {
  await using folder = await temporaryFolder();
  const config = loadConfig({ DATABASE_URL: databaseUrl, CLAVIER_DATA_DIR: folder.path, CLAVIER_PORT: '0', CLAVIER_SLOTS: '1' });
  const roles = { verb: 'api', api: true, runner: false };
  const error: unknown = await startService(config, createLog({ logLevel: 'silent', key: null, databaseUrl: null }, 'stdout'), roles, {
    stop: new AbortController().signal,
  }).then(
    (service) => service.drain().then(() => new Error('it started')),
    (reason: unknown) => reason,
  );
  expect(error).toMatchObject({ name: 'DatabaseUnfitError', message: expect.stringMatching(/^DATABASE_URL .+$/) });
  return error instanceof Error ? error.message : '';
}

/** A role of its own that may log in, with what a statement gives it. */
async function withRole<T>(database: string, grant: (role: string) => string, work: (url: string, role: string) => Promise<T>): Promise<T> {
  const role = `role_${randomUUID().replaceAll('-', '')}`;
  await runSql(database, `CREATE ROLE ${role} LOGIN PASSWORD 'x'; ${grant(role)}`);
  const url = Object.assign(new URL(database), { username: role, password: 'x' });
  try {
    return await work(url.href, role);
  } finally {
    await runSql(database, `DROP OWNED BY ${role}; DROP ROLE ${role}`);
  }
}

describe('a role', () => {
  test('that may not create tables in public is told which right to give', async () => {
    await using database = await createEmptyDatabase();
    await withRole(
      database.url,
      () => 'REVOKE CREATE ON SCHEMA public FROM PUBLIC',
      async (url, role) => {
        expect(await refusal(url)).toMatch(
          new RegExp(
            `the role ${role} may not create tables in the schema public .*: run GRANT CREATE ON SCHEMA public TO ${role}, or name`,
          ),
        );
        expect(await refusal(withQuery(url, 'schema=tuning'))).toContain(`run CREATE SCHEMA tuning AUTHORIZATION ${role}`);
      },
    );
  });

  test('that may not write the tables is told which right to give', async () => {
    await using database = await createTestDatabase();
    await withRole(
      database.url,
      (role) => `GRANT SELECT ON ALL TABLES IN SCHEMA public TO ${role}`,
      async (url, role) => {
        expect(await refusal(url)).toContain(`run GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO ${role}`);
      },
    );
  });

  test('that switches foreign keys off is refused', async () => {
    await using database = await createTestDatabase();
    await runSql(
      inject('databaseServer'),
      `ALTER DATABASE ${new URL(database.url).pathname.slice(1)} SET session_replication_role = replica`,
    );
    expect(await refusal(database.url)).toContain('session_replication_role=replica, which switches foreign keys off');
  });
});

test.each(['LATIN1', 'SQL_ASCII'])('a database whose encoding is %s is refused', async (encoding) => {
  const server = inject('databaseServer');
  const name = newDatabaseName('encoding');
  await runSql(server, `CREATE DATABASE ${name} ENCODING '${encoding}' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0`);
  try {
    expect(await refusal(withDatabase(server, name))).toContain(`has the encoding ${encoding}; Clavier needs UTF8: CREATE DATABASE`);
  } finally {
    await runSql(server, `DROP DATABASE ${name}`);
  }
});

test('a standby is refused: it can only be read', async () => {
  await using server = await startOwnServer();
  await server.becomeStandby();
  expect(await refusal(server.url)).toContain('the server is a standby, which can only be read: give the address of the primary server');
});

describe('an address', () => {
  test.each([
    ['a parameter that nobody knows', 'sslmod=require', 'has the parameter sslmod, which Clavier does not know'],
    ['a wrong sslmode', 'sslmode=always', 'has sslmode=always: it is one of disable, allow'],
    ['verify-ca without a CA', 'sslmode=verify-ca', 'name the file of the CA'],
    [
      'a CA file that is not there',
      'sslmode=verify-full&sslrootcert=/nowhere/ca.pem',
      'has sslrootcert=/nowhere/ca.pem, which cannot be read: ENOENT',
    ],
    ['a client key that is not there', 'sslkey=/nowhere/key.pem', 'has sslkey=/nowhere/key.pem, which cannot be read: ENOENT'],
    ['a folder for a certificate', 'sslcert=/', 'has sslcert=/, which cannot be read: EISDIR'],
    ['a limit that is no number', 'statement_timeout=1min', 'has statement_timeout=1min: it is a whole number of milliseconds'],
    ['too few connections', 'connection_limit=1', 'has connection_limit=1: Clavier needs at least 2'],
    ['a schema that PostgreSQL keeps for itself', 'schema=pg_x', 'has the schema "pg_x"'],
    ['an empty schema', 'schema=', 'has the schema ""'],
    ['a port that is no number', 'port=abc', 'has port=abc: it is a whole number'],
    ['several hosts', 'host=one,two', 'names several hosts: name the one of the primary server'],
  ])('with %s is refused in one line', (_title, query, words) => {
    expect(() => readAddress(`postgresql://me:secret@localhost/db?${query}`)).toThrow(words);
    expect(() => readAddress(`postgresql://me:secret@localhost/db?${query}`)).not.toThrow('secret');
  });

  test.each(['postgresql://caf%E9@localhost/db', 'postgresql://me:%E9@localhost/db', 'postgresql://me@localhost/%E9'])(
    '%s, whose escape is not UTF-8, is refused in one line',
    (url) => {
      expect(() => readAddress(url)).toThrow('has a percent escape that is not UTF-8 in its user, password, host or database');
    },
  );

  test('with a key that is none is refused in one line', async () => {
    await using folder = await temporaryFolder();
    const file = join(folder.path, 'key.pem');
    await writeFile(file, 'no key');
    expect(() => readAddress(`postgresql://localhost/db?sslkey=${file}`)).toThrow('names a certificate or key that cannot be used');
  });

  test('with the folder of a socket where nothing listens is refused by the name of the socket', async () => {
    const address = readAddress('postgresql:///db?host=/nowhere&port=6543');
    await expect(reach(address)).rejects.toThrow('DATABASE_URL cannot be used: nothing listens on /nowhere/.s.PGSQL.6543');
  });

  test('as managed servers give it is understood', () => {
    const { client, schema, maxConnections, tls } = readAddress(
      'postgres://me:p%40ss@db.example.com:6543/app?sslmode=require&channel_binding=require&pgbouncer=true&connection_limit=5&schema=tuning&application_name=x&options=endpoint%3Done',
    );
    expect({ client, schema, maxConnections, tls }).toMatchObject({
      client: { host: 'db.example.com', port: 6543, user: 'me', password: 'p@ss', database: 'app', options: 'endpoint=one' },
      schema: 'tuning',
      maxConnections: 5,
      tls: [{ rejectUnauthorized: false }],
    });
  });
});

describe('on a server that requires TLS', () => {
  let server: OwnServer;
  beforeAll(async () => {
    server = await startOwnServer();
    await server.requireTls();
  });
  afterAll(() => server[Symbol.asyncDispose]());

  const at = (query: string, host = 'localhost'): string => withQuery(Object.assign(new URL(server.url), { hostname: host }).href, query);

  test.each([
    '',
    'sslmode=prefer',
    'sslmode=allow',
    'sslmode=require',
    'sslmode=no-verify',
    `sslmode=verify-full&sslrootcert=${certificateFile}`,
  ])('an address with "%s" connects with TLS', async (query) => {
    const address = await reach(readAddress(at(query)));
    await using connection = await connect(address, sessionSettings(address, { statementMs: 0, idleInTransactionMs: 0 }));
    const { rows } = await connection.client.query('SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()');
    expect(rows).toEqual([{ ssl: true }]);
    expect(connection.pooled).toBe(false);
  });

  test('a certificate of an unknown authority is refused where the address asks for proof', async () => {
    await expect(reach(readAddress(at('sslmode=verify-full')))).rejects.toThrow(
      /the certificate of localhost:\d+ is not trusted .*: name the file of its CA with sslrootcert=, or use sslmode=require/,
    );
  });

  test('a certificate for another host is refused where the address asks for proof', async () => {
    await expect(reach(readAddress(at(`sslmode=verify-full&sslrootcert=${certificateFile}`, '127.0.0.1')))).rejects.toThrow(
      'is not trusted',
    );
  });

  test('an address that forbids TLS is refused with the words of the server', async () => {
    await expect(reach(readAddress(at('sslmode=disable')))).rejects.toThrow('no encryption');
  });
});

test('a server without TLS is refused where the address asks for it', async () => {
  await expect(reach(readAddress(withQuery(inject('databaseServer'), 'sslmode=require')))).rejects.toThrow('has no TLS: drop sslmode');
});

test('a server that admits no TLS is used without it, unless the address asks for it', async () => {
  await using server = await startOwnServer();
  await server.refuseTls();
  const at = (mode: string) => reach(readAddress(withQuery(server.url, `sslmode=${mode}`)));
  expect((await at('prefer')).tls).toEqual([false]);
  await expect(at('require')).rejects.toThrow('no pg_hba.conf entry');
});
