import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** A module of src/ as plain JavaScript, for a separate process, because Node 20 does not run TypeScript. */
export interface CompiledModule extends Disposable {
  /** Path of the JavaScript file. */
  readonly file: string;
}

/** Compiles one module of src/ and what it imports. @param module its path within src/, e.g. `store/embedded/start.ts` */
export function compileModule(module: string): CompiledModule {
  const root = resolve(import.meta.dirname, '../..');
  // Below node_modules, so that imports of packages are resolved.
  const cache = join(root, 'node_modules', '.cache');
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(join(cache, 'clavier-test-'));
  const out = join(folder, 'out');
  const config = {
    extends: join(root, 'tsconfig.build.json'),
    compilerOptions: {
      rootDir: join(root, 'src'),
      outDir: out,
      incremental: false,
      tsBuildInfoFile: null,
      sourceMap: false,
      types: ['node'],
      typeRoots: [join(root, 'node_modules', '@types')],
    },
    include: [],
    files: [join(root, 'src', module)],
  };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config));
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
  execFileSync(process.execPath, [join(root, 'node_modules', 'typescript', 'bin', 'tsc'), '-p', join(folder, 'tsconfig.json')], {
    encoding: 'utf8',
  });
  return { file: join(out, module.replace(/\.ts$/, '.js')), [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }) };
}
