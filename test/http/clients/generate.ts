import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { renderOpenApi } from '../../../src/http/openapi.ts';

const root = resolve(import.meta.dirname, '../../..');
const hook = resolve(import.meta.dirname, 'older-compiler.mjs');
const run = promisify(execFile);

/** The program of a package, by its path in it. */
const programOf = (path: string): string => join(root, 'node_modules', path);

/** A temporary folder with the OpenAPI document, a generated client in `client` and a program that uses it. */
export interface GeneratedClient extends AsyncDisposable {
  /** Type-checks the client and the program, strictly. @throws with the messages of the compiler */
  compile(): Promise<void>;
  /** Compiles the program and runs it. @returns what it printed */
  use(...args: string[]): Promise<string>;
}

/**
 * Generates a client from the document.
 *
 * @param generator the program of the generator, and its arguments for a document and an output
 * @param program the text of a program that imports the client
 */
export async function generatedClient(
  generator: { readonly program: string; readonly args: (document: string, output: string) => string[]; readonly output: string },
  program: string,
): Promise<GeneratedClient> {
  const folder = await mkdtemp(join(tmpdir(), 'clavier-client-'));
  const document = join(folder, 'openapi.json');
  await mkdir(join(folder, 'src'));
  await writeFile(document, await renderOpenApi());
  await writeFile(join(folder, 'package.json'), JSON.stringify({ type: 'module' }));
  await writeFile(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['src'] }));
  await writeFile(join(folder, 'src/program.ts'), program);
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'));
  const args = generator.args(document, join(folder, generator.output));
  const NODE_OPTIONS = `--import ${hook}`; // some generators start a process of their own
  await run(process.execPath, [programOf(generator.program), ...args], { cwd: folder, env: { PATH: dirOfNode, NODE_OPTIONS } });
  const compile = async (): Promise<void> => {
    await run(process.execPath, [programOf('typescript/bin/tsc'), '-p', folder]).catch(({ stdout }: { stdout: string }) => {
      throw new Error(stdout);
    });
  };
  return {
    compile,
    use: async (...given) => (await run(process.execPath, [join(folder, 'dist/program.js'), ...given])).stdout,
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true }),
  };
}

const dirOfNode = resolve(process.execPath, '..');

const compilerOptions = {
  target: 'ES2022',
  lib: ['ES2022', 'DOM', 'DOM.Iterable'],
  module: 'NodeNext',
  types: ['node'],
  strict: true,
  skipLibCheck: false,
  rootDir: 'src',
  outDir: 'dist',
};
