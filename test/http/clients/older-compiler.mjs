// The generators of clients print TypeScript with the API of the compiler's version 5, which version 7 no longer has. This lets them find
// the copy in @ts-morph/common: node --import ./test/http/clients/older-compiler.mjs GENERATOR
import { createRequire, register } from 'node:module';
import { pathToFileURL } from 'node:url';
import { isMainThread } from 'node:worker_threads';

const compiler = pathToFileURL(createRequire(import.meta.url).resolve('@ts-morph/common/dist/typescript.js')).href;

if (isMainThread) register(import.meta.url);

/** A hook of the module loader, which runs in a thread of its own. */
export function resolve(specifier, context, next) {
  return specifier === 'typescript' ? { url: compiler, format: 'commonjs', shortCircuit: true } : next(specifier, context);
}
