#!/usr/bin/env node
// Usage: npm run chaos [-- options]; --help lists them.
// Sets up the checkout, compiles test/chaos and the sources that it uses into dist/chaos, and runs it from there.
import { compile } from './setup/build.mjs';
import { exec } from './setup/exec.mjs';
import { projectRoot } from './setup/paths.mjs';
import { runAsCommand, setUp } from './setup.mjs';

await runAsCommand(async () => {
  const args = process.argv.slice(2);
  await setUp({ quiet: true, tensorflow: args.includes('--without-real') ? 'never' : 'once' });
  await compile(projectRoot, 'tsconfig.chaos.json');
  process.exitCode = await exec('dist/chaos/test/chaos/run.js', args, { cwd: projectRoot });
});
