import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Computes SHA-256 over the names and contents of files. A missing file is skipped. A folder means every file below it, except those in `except`. */
export function digestOf(root, paths, { except = [] } = {}) {
  const hash = createHash('sha256');
  for (const path of paths.flatMap((each) => filesBelow(root, each, except))) {
    hash
      .update(`${path}\0`)
      .update(readFileSync(join(root, path)))
      .update('\0');
  }
  return hash.digest('hex');
}

function filesBelow(root, path, except) {
  const stat = statSync(join(root, path), { throwIfNoEntry: false });
  if (stat === undefined || except.includes(path)) return [];
  if (!stat.isDirectory()) return [path];
  const names = readdirSync(join(root, path)).sort();
  return names.flatMap((name) => filesBelow(root, `${path}/${name}`, except));
}

/** Reads the note of an earlier run, or undefined. */
export function readNote(path) {
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
}

/** Writes a note atomically. */
export function writeNote(path, text) {
  mkdirSync(dirname(path), { recursive: true });
  const beside = `${path}.${process.pid}`;
  writeFileSync(beside, text);
  renameSync(beside, path);
}
