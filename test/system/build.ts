import { execFileSync } from 'node:child_process';
import { resolve } from 'node:path';
import { checkout as root } from '../chaos/checkout.ts';

/** Path of the compiled command line, which users and these tests run. */
export const mainFile = resolve(root, 'dist/main.js');

/** Compiles src/ once before the tests of a run that start processes: those are the ones users start. */
export default function build(): void {
  execFileSync(process.execPath, [resolve(root, 'node_modules/typescript/bin/tsc'), '-p', resolve(root, 'tsconfig.build.json')], {
    stdio: 'inherit',
  });
}
