import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The checkout that this module is of, compiled or not. */
export const checkout = folderWith('package.json', import.meta.dirname);

/** The compiled command line: what users run, and what is disturbed here. */
export const mainFile = join(checkout, 'dist', 'main.js');

/** Loaded before it: see preload/preload.mjs. */
export const preloadFile = join(checkout, 'test', 'chaos', 'preload', 'preload.mjs');

function folderWith(name: string, start: string): string {
  for (let folder = start; ; folder = dirname(folder)) {
    if (existsSync(join(folder, name))) return folder;
    if (folder === dirname(folder)) throw new Error(`no ${name} above ${start}`);
  }
}
