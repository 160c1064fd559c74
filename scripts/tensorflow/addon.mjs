import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { runCommand } from '../setup/command.mjs';
import { logFolder } from '../setup/paths.mjs';
import { addonPath, nodeApiVersion } from './places.mjs';

/** Finds the C++ compiler: CXX if it is set, or else the first of the usual names that runs. */
export function findCompiler(env = process.env) {
  const candidates = [env.CXX, 'c++', 'g++', 'clang++'].filter((name) => name);
  return candidates.find((name) => spawnSync(name, ['--version'], { stdio: 'ignore' }).status === 0);
}

/**
 * Compiles the add-on of `copy` against the library and headers in its `deps`. Runs the compiler directly, which takes ten seconds: the
 * package node-api-headers declares everything of Node.js that the add-on uses, so neither Node's own headers nor make are needed.
 */
export function compileAddon(root, copy) {
  const output = join(copy, addonPath);
  mkdirSync(dirname(output), { recursive: true });
  const includes = [join('deps', 'include'), '.', '..', join(root, 'node_modules', 'node-api-headers', 'include')];
  const sources = ['tfjs_backend.cc', 'tfjs_binding.cc'].map((name) => join('binding', name));
  const common = ['-std=c++17', '-fPIC', '-O2', `-DNAPI_VERSION=${nodeApiVersion}`, ...includes.map((folder) => `-I${folder}`)];
  const libraries = readdirSync(join(copy, 'deps', 'lib')).map((name) => join('deps', 'lib', name));
  return runCommand(findCompiler(), [...common, ...sources, '-o', output, ...libraries, ...linking[process.platform]], {
    cwd: copy,
    logFile: join(logFolder(root), 'tensorflow-addon.log'),
    failed: 'The TensorFlow add-on could not be compiled',
  });
}

/** Linker options. The add-on finds the libraries relative to its own path, so the folder can be moved. */
const linking = {
  linux: ['-shared', '-Wl,-rpath,$ORIGIN/../../deps/lib'],
  darwin: ['-bundle', '-undefined', 'dynamic_lookup', '-Wl,-rpath,@loader_path/../../deps/lib'],
};
