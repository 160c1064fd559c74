import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runCommand } from './command.mjs';
import { logFolder } from './paths.mjs';

/**
 * Installs the npm packages of package-lock.json. npm records what it installed in node_modules/.package-lock.json when it has
 * finished. If that record matches the lock, no matter who ran npm, there is nothing to do.
 */
export const packagesStep = {
  title: 'Installing the npm packages',
  isDone: ({ root }) => {
    const installed = join(root, 'node_modules', '.package-lock.json');
    return existsSync(installed) && agrees(readPackages(join(root, 'package-lock.json')), readPackages(installed));
  },
  run: ({ root }) =>
    runCommand('npm', ['ci', '--include=dev', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], {
      cwd: root,
      logFile: join(logFolder(root), 'npm-ci.log'),
      failed:
        'The npm packages could not be installed: check the connection to your npm registry (`npm ping`) and run `npm run setup` again',
    }),
};

const readPackages = (path) => JSON.parse(readFileSync(path, 'utf8')).packages;

function agrees(locked, installed) {
  return Object.entries(locked).every(([path, wanted]) => {
    if (path === '') return true; // the project itself
    const found = installed[path];
    if (found === undefined) return wanted.optional === true && !isForThisMachine(wanted);
    return found.version === wanted.version && found.integrity === wanted.integrity;
  });
}

/**
 * Tells whether an optional package must be installed here. One for another platform may be missing. One that names no platform may be
 * a dependency of such a package, and for one that names a C library npm decides: these may be missing too.
 */
function isForThisMachine({ os = [], cpu = [], libc }) {
  return libc === undefined && os.includes(process.platform) && cpu.includes(process.arch);
}
