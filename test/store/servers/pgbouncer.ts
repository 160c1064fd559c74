import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmod, chown, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { eventually } from '../../support/eventually.ts';
import { runSql, withQuery } from '../server.ts';
import { temporaryFolder } from '../temporary-folder.ts';

/** True if the program is installed (Debian: apt-get install pgbouncer). */
export const hasPgBouncer = spawnSync('pgbouncer', ['--version']).status === 0;

/** A running PgBouncer before one database. */
export interface PgBouncer extends AsyncDisposable {
  /** Address of the database through the pooler. */
  readonly url: string;
}

/** User and group `nobody`: the program refuses to run as root. */
const nobody = 65_534;

/** Starts PgBouncer before a database, with few server connections, so that transactions share them. */
export async function startPgBouncer(databaseUrl: string, mode: 'session' | 'transaction' | 'statement'): Promise<PgBouncer> {
  const target = new URL(databaseUrl);
  const folder = await temporaryFolder();
  const port = await freePort();
  const file = join(folder.path, 'pgbouncer.ini');
  const [user, password] = [decodeURIComponent(target.username), decodeURIComponent(target.password)];
  const size = mode === 'session' ? 40 : 3;
  await writeFile(
    file,
    [
      '[databases]',
      `* = host=${target.hostname} port=${target.port || 5432} user=${user} password=${password}`,
      '[pgbouncer]',
      `listen_addr = 127.0.0.1\nlisten_port = ${port}\nunix_socket_dir =\nauth_type = any\npool_mode = ${mode}\ndefault_pool_size = ${size}`,
    ].join('\n'),
  );
  const root = process.getuid?.() === 0;
  if (root) {
    await chmod(folder.path, 0o755);
    await chown(file, nobody, nobody);
  }
  const child = spawn('pgbouncer', ['-q', file], { stdio: 'ignore', ...(root ? { uid: nobody, gid: nobody } : {}) });
  // It refuses options at the start of a session.
  const url = new URL(withQuery(databaseUrl, ''));
  Object.assign(url, { hostname: '127.0.0.1', port: String(port) });
  await eventually(() => runSql(url.href, 'SELECT 1').catch(() => false), { until: 'PgBouncer answers', seconds: 20 });
  return {
    url: url.href,
    async [Symbol.asyncDispose]() {
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
      await folder[Symbol.asyncDispose]();
    },
  };
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  if (address === null || typeof address === 'string') throw new Error('a probe listens on TCP');
  return address.port;
}
