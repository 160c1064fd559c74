import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The checkout that these scripts belong to. */
export const projectRoot = resolve(fileURLToPath(import.meta.url), '../../..');

/** Folder of the notes about finished steps. It is inside node_modules, so that replacing node_modules also deletes the notes. */
export const notesFolder = (root) => join(root, 'node_modules', '.cache', 'clavier');

/** Folder of the output of the commands that the set-up runs; the last run of each is kept. */
export const logFolder = (root) => join(root, 'dist', '.setup');

/** Lock that is held while the set-up changes the checkout. */
export const lockFile = (root) => join(root, 'dist', '.setup', 'lock');
