import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { startEmbeddedPostgres } from '../../../src/store/embedded/start.ts';
import { guardFolder } from '../guard.ts';
import { runSql } from '../server.ts';
import { temporaryFolder } from '../temporary-folder.ts';

/** A PostgreSQL whose settings a test may change. */
export interface OwnServer extends AsyncDisposable {
  readonly url: string;
  /** Restarts it as a standby: a server that follows another one and can only be read. */
  becomeStandby(): Promise<void>;
  /** Restarts nothing: from now on connections over TCP must use TLS, with a certificate for localhost. */
  requireTls(): Promise<void>;
  /** From now on no connection over TCP may use TLS, which the server has. */
  refuseTls(): Promise<void>;
  stop(): Promise<void>;
}

export async function startOwnServer(): Promise<OwnServer> {
  const folder = await temporaryFolder();
  const guard = guardFolder(folder.path);
  const start = () => startEmbeddedPostgres({ dataFolder: folder.path, log: () => undefined, durable: false });
  let server = await start();
  const { url } = server;
  return {
    url,
    becomeStandby: async () => {
      await writeInCluster(url, '', 'standby.signal');
      await server[Symbol.asyncDispose]();
      server = await start();
    },
    requireTls: () => switchTlsOn(url, 'hostssl'),
    refuseTls: () => switchTlsOn(url, 'hostnossl'),
    stop: async () => server[Symbol.asyncDispose](),
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      guard[Symbol.dispose]();
      await folder[Symbol.asyncDispose]();
    },
  };
}

async function switchTlsOn(url: string, admitted: 'hostssl' | 'hostnossl'): Promise<void> {
  await writeInCluster(url, await pem('cert'), 'server.crt');
  await writeInCluster(url, await pem('key'), 'server.key');
  await writeInCluster(url, `${admitted} all all all scram-sha-256\n`, 'pg_hba.conf');
  await runSql(url, 'ALTER SYSTEM SET ssl = on');
  await runSql(url, 'SELECT pg_reload_conf()');
}

/** Has the server write a file of its data directory, because it may run as another account, which must own it. */
async function writeInCluster(url: string, text: string, name: string): Promise<void> {
  const lines = text.split('\n').map((line) => `('${line}')`);
  await runSql(url, `COPY (VALUES ${lines.join(', ')}) TO PROGRAM 'umask 077; cat > ${name}'`);
}

/** Path of the certificate that `requireTls` uses. */
export const certificateFile = pemFile('cert');

function pem(part: 'cert' | 'key'): Promise<string> {
  return readFile(pemFile(part), 'utf8');
}

function pemFile(part: 'cert' | 'key'): string {
  return resolve(import.meta.dirname, `tls/localhost-${part}.pem`);
}
