import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The checkout that these scripts belong to. */
export const projectRoot = resolve(fileURLToPath(import.meta.url), '../../..');

/** Notes of what is done already. They lie in node_modules, so that whatever replaces it forgets them too. */
export const notesFolder = (root) => join(root, 'node_modules', '.cache', 'clavier');

/** Outputs of the commands that the set-up runs, the last run of each. */
export const logFolder = (root) => join(root, 'dist', '.setup');

/** Held while the set-up changes the checkout. */
export const lockFile = (root) => join(root, 'dist', '.setup', 'lock');
