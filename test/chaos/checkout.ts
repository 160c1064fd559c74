import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The checkout of this module, compiled or not. */
export const checkout = folderWith('package.json', import.meta.dirname);

/** The compiled command line, which users run and which is disturbed here. */
export const mainFile = join(checkout, 'dist', 'main.js');

/** Module loaded before the command line: see preload/preload.mjs. */
export const preloadFile = join(checkout, 'test', 'chaos', 'preload', 'preload.mjs');

function folderWith(name: string, start: string): string {
  for (let folder = start; ; folder = dirname(folder)) {
    if (existsSync(join(folder, name))) return folder;
    if (folder === dirname(folder)) throw new Error(`no ${name} above ${start}`);
  }
}
