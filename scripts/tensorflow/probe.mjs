import { execFile } from 'node:child_process';
import { existsSync, readdirSync, realpathSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readNote, writeNote } from '../setup/digest-note.mjs';
import { notesFolder } from '../setup/paths.mjs';
import { addonPath, packageFolder } from './places.mjs';

const probeChild = fileURLToPath(new URL('./probe-child.cjs', import.meta.url));
const probeTimeoutMs = 120_000;

/**
 * Loads the package (or a copy of it, which uses the dependencies in `root`) in a child process and computes with it.
 * Resolves to `{ version }` of TensorFlow, or to `{ problem }`, a description.
 */
export function probe(folder, root) {
  const env = { ...process.env, TF_CPP_MIN_LOG_LEVEL: '3', NODE_PATH: join(root, 'node_modules') };
  return new Promise((resolve) => {
    execFile(process.execPath, [probeChild, folder], { env, timeout: probeTimeoutMs }, (error, stdout, stderr) => {
      resolve(error === null ? JSON.parse(stdout) : { problem: firstError(stderr) ?? error.message });
    });
  });
}

/** Extracts the line of Node's report that names the error, without the excerpt and the stack around it. */
function firstError(stderr) {
  const lines = stderr.split('\n').map((line) => line.trim());
  return lines.find((line) => /^\w*Error\b.*:/.test(line)) ?? lines.findLast((line) => line !== '');
}

/**
 * Runs {@link probe} on the installed package, which takes about a second. A success is noted with Node's version and the library's
 * files, so that the next start only compares these.
 */
export async function probeInstalled(root) {
  const fingerprint = fingerprintOf(root);
  if (fingerprint === undefined) return { problem: 'its native part is not installed' };
  const noted = JSON.parse(readNote(note(root)) ?? '{}');
  if (noted.fingerprint === fingerprint) return { version: noted.version };
  const result = await probe(packageFolder(root), root);
  if (result.version !== undefined) writeNote(note(root), JSON.stringify({ fingerprint, version: result.version }));
  else rmSync(note(root), { force: true });
  return result;
}

const note = (root) => join(notesFolder(root), 'tensorflow.json');

function fingerprintOf(root) {
  const folder = packageFolder(root);
  if (!existsSync(join(folder, addonPath))) return undefined; // missing, or in a cache that this user may not read
  const addon = realpathSync(join(folder, addonPath));
  const libraries = join(addon, '..', '..', '..', 'deps', 'lib');
  const names = statSync(libraries, { throwIfNoEntry: false }) === undefined ? [] : readdirSync(libraries).sort();
  const files = [addon, ...names.map((name) => join(libraries, name))];
  const sizes = files.map((file) => {
    const stat = statSync(file, { throwIfNoEntry: false });
    return `${file}:${stat?.size}:${stat?.mtimeMs}`;
  });
  return [process.version, process.platform, process.arch, ...sizes].join(' ');
}
