import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

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

/** Returns our folder in the user's cache. Several checkouts share its content. */
export function cacheFolder(env = process.env, platform = process.platform) {
  return join(userCacheFolder(env, platform), 'clavier', 'tensorflow');
}

function userCacheFolder(env, platform) {
  if (env.XDG_CACHE_HOME) return env.XDG_CACHE_HOME;
  if (platform === 'darwin') return join(homedir(), 'Library', 'Caches');
  if (platform === 'win32') return env.LOCALAPPDATA ?? join(homedir(), 'AppData', 'Local');
  return join(homedir(), '.cache');
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
