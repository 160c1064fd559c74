import { readdirSync, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { runCommand } from '../setup/command.mjs';
import { logFolder } from '../setup/paths.mjs';
import { megabytes } from '../setup/progress.mjs';

const checkMs = 500;
/** An unreachable host gives no first byte; waiting longer would only keep the person from the build that follows. */
const firstByteMs = 10_000;
/** Between two bytes; the package may compile its add-on for half a minute when only the library can be downloaded. */
const stallMs = 90_000;

/** The package's own installer, run in a copy of it: it downloads TensorFlow's library and the add-on from their official address. */
export const official = {
  flavour: 'official',
  title: 'Getting TensorFlow from its official download',
  obstacle: () => undefined,
  make: ({ root, copy, update }) =>
    runCommand(process.execPath, ['scripts/install.js'], {
      cwd: copy,
      env: withModulesOf(root),
      logFile: join(logFolder(root), 'tensorflow-official.log'),
      failed: "TensorFlow's official download is out of reach or stalls",
      watch: (stop) => watchGrowth(copy, stop, update),
    }),
};

/** The copy lies outside of the checkout, and its installer needs packages and commands from there. */
function withModulesOf(root) {
  const modules = join(root, 'node_modules');
  return { ...process.env, NODE_PATH: modules, PATH: `${join(modules, '.bin')}${delimiter}${process.env.PATH}` };
}

/** Tells how much has arrived, and stops the download when nothing does. */
function watchGrowth(folder, stop, update) {
  const initial = sizeOf(folder);
  let last = { size: initial, at: Date.now() };
  const timer = setInterval(() => {
    const size = sizeOf(folder);
    if (size !== last.size) last = { size, at: Date.now() };
    update(megabytes(last.size - initial));
    if (Date.now() - last.at > (last.size === initial ? firstByteMs : stallMs)) stop();
  }, checkMs);
  return () => clearInterval(timer);
}

/** Bytes below a folder that others are writing to: what vanishes meanwhile counts as nothing. */
export function sizeOf(path) {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return 0;
  if (!stat.isDirectory()) return stat.size;
  try {
    return readdirSync(path).reduce((sum, name) => sum + sizeOf(join(path, name)), 0);
  } catch (error) {
    if (error.code === 'ENOENT') return 0;
    throw error;
  }
}
