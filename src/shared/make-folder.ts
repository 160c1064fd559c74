import { mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Times that a parent may be deleted by another process while a folder is made in it. */
const deletedAtMost = 5;

/**
 * Makes a folder with its parents. Unlike Node's recursive `mkdir` it ends where a parent exists but takes no folder, as under
 * /proc: Node repeats the two calls for ever there.
 *
 * @returns the highest folder that was new; undefined when the folder existed
 * @throws the system's error, with the path that could not be made
 */
export async function makeFolder(folder: string): Promise<string | undefined> {
  let highest: string | undefined;
  for (let attempt = 1; ; attempt += 1) {
    try {
      await mkdir(folder);
      return highest ?? folder;
    } catch (error) {
      const parentMissing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
      if (!parentMissing && (await isFolder(folder))) return highest;
      if (!parentMissing || attempt > deletedAtMost || dirname(folder) === folder) throw error;
      const made = await makeFolder(dirname(folder));
      // The parent is there, and still nothing can be made in it.
      if (made === undefined && attempt > 1) throw error;
      highest ??= made;
    }
  }
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}
