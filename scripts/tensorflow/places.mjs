import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** The Node-API version that the add-on is built for; every supported Node.js has it, so that one build serves them all. */
export const nodeApiVersion = 8;

/** The installed package whose native part is looked after here. */
export const packageFolder = (root) => join(root, 'node_modules', '@tensorflow', 'tfjs-node');

/** Where the package looks for its add-on, below its own folder or a copy of it. */
export const addonPath = join('lib', `napi-v${nodeApiVersion}`, 'tfjs_binding.node');

/** The version of the installed package, such as `4.22.0`. */
export function packageVersion(root) {
  return JSON.parse(readFileSync(join(packageFolder(root), 'package.json'), 'utf8')).version;
}

/** The user's folder for things that can be made again; several checkouts share what lies there. */
export function cacheFolder(env = process.env, platform = process.platform) {
  return join(userCacheFolder(env, platform), 'clavier', 'tensorflow');
}

function userCacheFolder(env, platform) {
  if (env.XDG_CACHE_HOME) return env.XDG_CACHE_HOME;
  if (platform === 'darwin') return join(homedir(), 'Library', 'Caches');
  if (platform === 'win32') return env.LOCALAPPDATA ?? join(homedir(), 'AppData', 'Local');
  return join(homedir(), '.cache');
}

/** The name of one build in the cache: package version, TensorFlow's version or `official`, platform, Node-API, C library. */
export function buildName(root, flavour) {
  const libc = process.platform === 'linux' ? `-${usesGlibc() ? 'glibc' : 'musl'}` : '';
  return `${packageVersion(root)}-${flavour}-${process.platform}-${process.arch}-napi${nodeApiVersion}${libc}`;
}

/** TensorFlow's wheels are linked against glibc; Alpine and its like have another C library. */
export function usesGlibc() {
  process.report.excludeNetwork = true; // resolving the names of open connections can take seconds
  return process.report.getReport().header.glibcVersionRuntime !== undefined;
}
