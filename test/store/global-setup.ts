import type { TestProject } from 'vitest/node';
import { startTestServer, type TestServer } from './server.ts';

/** Shared by the projects of one run. Each project loads its own copy of this module, so the value is kept on the process. */
interface SharedServer {
  readonly server: Promise<TestServer>;
  users: number;
}

declare global {
  var clavierTestServer: SharedServer | undefined;
}

/** Starts the PostgreSQL of a run (or uses that of TEST_DATABASE_URL) and provides its address to the tests. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  globalThis.clavierTestServer ??= { server: startTestServer(process.env.TEST_DATABASE_URL || undefined), users: 0 };
  const shared = globalThis.clavierTestServer;
  shared.users += 1;
  const server = await shared.server;
  project.provide('databaseServer', server.url);
  project.provide('templateDatabase', server.template);
  return async () => {
    shared.users -= 1;
    if (shared.users > 0) return;
    globalThis.clavierTestServer = undefined;
    await server[Symbol.asyncDispose]();
  };
}
