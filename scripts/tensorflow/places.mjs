import { accessSync, constants, existsSync, readFileSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The Node-API version that the add-on is built for. Every supported Node.js has it, so one build serves all of them. */
export const nodeApiVersion = 8;

/** Folder of the installed package whose native part these scripts manage. */
export const packageFolder = (root) => join(root, 'node_modules', '@tensorflow', 'tfjs-node');

/** Path of the add-on relative to the package's folder or a copy of it. */
export const addonPath = join('lib', `napi-v${nodeApiVersion}`, 'tfjs_binding.node');

/** Reads the version of the installed package, such as `4.22.0`. */
export function packageVersion(root) {
  return JSON.parse(readFileSync(join(packageFolder(root), 'package.json'), 'utf8')).version;
}

/**
 * Returns our folder in the user's cache. Several checkouts share its content. A user without a home folder, or with one that is not
 * theirs (in a container that runs as any user), has it in the checkout.
 */
export function cacheFolder(env = process.env, platform = process.platform) {
  const user = userCacheFolder(env, platform);
  const shared = user === undefined ? undefined : join(user, 'clavier', 'tensorflow');
  if (shared !== undefined && (existsSync(shared) || isWritable(dirname(shared)))) return shared;
  return fileURLToPath(new URL('../../node_modules/.cache/clavier/tensorflow', import.meta.url));
}

function userCacheFolder(env, platform) {
  if (env.XDG_CACHE_HOME) return env.XDG_CACHE_HOME;
  if (platform === 'win32' && env.LOCALAPPDATA) return env.LOCALAPPDATA;
  const home = homeFolder();
  if (platform === 'darwin') return home && join(home, 'Library', 'Caches');
  if (platform === 'win32') return home && join(home, 'AppData', 'Local');
  return home && join(home, '.cache');
}

/** Returns undefined for a user without HOME and without an entry in /etc/passwd, for whom Node throws. */
function homeFolder() {
  try {
    return homedir();
  } catch {
    return undefined;
  }
}

/** Tells whether a folder can be written, or can be created where it is missing. */
function isWritable(folder) {
  if (!existsSync(folder)) return dirname(folder) !== folder && isWritable(dirname(folder));
  try {
    accessSync(folder, constants.W_OK);
    return statSync(folder).isDirectory();
  } catch {
    return false;
  }
}

/** Names a build in the cache: package version, TensorFlow's version or `official`, platform, Node-API, C library. */
export function buildName(root, flavour) {
  const libc = process.platform === 'linux' ? `-${usesGlibc() ? 'glibc' : 'musl'}` : '';
  return `${packageVersion(root)}-${flavour}-${process.platform}-${process.arch}-napi${nodeApiVersion}${libc}`;
}

/** Tells whether this system uses glibc, against which TensorFlow's wheels are linked. Alpine, for example, uses another C library. */
export function usesGlibc() {
  process.report.excludeNetwork = true; // resolving the names of open connections can take seconds
  return process.report.getReport().header.glibcVersionRuntime !== undefined;
}
