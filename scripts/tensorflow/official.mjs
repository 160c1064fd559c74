import { readdirSync, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { runCommand } from '../setup/command.mjs';
import { logFolder } from '../setup/paths.mjs';
import { megabytes } from '../setup/progress.mjs';

const checkMs = 500;
/** Time limit of the first byte. An unreachable host sends none, and waiting longer would only delay the build that follows. */
const firstByteMs = 10_000;
/** Time limit between two bytes. The package may compile its add-on for half a minute when only the library can be downloaded. */
const stallMs = 90_000;

/** Runs the package's own installer in a copy of the package: it downloads TensorFlow's library and the add-on from their official address. */
export const official = {
  flavour: 'official',
  title: 'Getting TensorFlow from its official download',
  obstacle: () => undefined,
  make: ({ root, copy, update }) =>
    runCommand(process.execPath, ['scripts/install.js'], {
      cwd: copy,
      env: withModulesOf(root),
      logFile: join(logFolder(root), 'tensorflow-official.log'),
      failed: "TensorFlow's official download is unreachable or stalled",
      watch: (stop) => watchGrowth(copy, stop, update),
    }),
};

/** Makes the environment of the installer. The copy is outside the checkout, but its installer needs packages and commands of the checkout. */
function withModulesOf(root) {
  const modules = join(root, 'node_modules');
  return { ...process.env, NODE_PATH: modules, PATH: `${join(modules, '.bin')}${delimiter}${process.env.PATH}` };
}

/** Reports how much has arrived, and stops the download when it stalls. */
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

/** Counts the bytes below a folder that another process writes to. A file that vanishes meanwhile counts as 0. */
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
