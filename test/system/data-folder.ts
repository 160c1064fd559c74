import { realpath } from 'node:fs/promises';
import { guardFolder } from '../store/guard.ts';
import { type TemporaryFolder, temporaryFolder } from '../store/temporary-folder.ts';
import { killAll, processTree, withCommand } from './process-tree.ts';

/**
 * Creates a temporary data folder of a service. Disposing it ends the PostgreSQL that a killed service left running on it. A
 * guard does the same when the tests themselves are killed.
 */
export async function dataFolder(): Promise<TemporaryFolder> {
  const folder = await temporaryFolder();
  const path = await realpath(folder.path); // as in the command line of the server
  const guard = guardFolder(path);
  return {
    path,
    async [Symbol.asyncDispose]() {
      await killAll(withCommand(`postgres -D ${path}/`).flatMap(processTree));
      guard[Symbol.dispose]();
      await folder[Symbol.asyncDispose]();
    },
  };
}
