#!/usr/bin/env node
// Usage: npm run chaos [-- options]; --help says which.
// Makes the checkout ready, compiles test/chaos together with the sources it uses into dist/chaos, and runs it from there.
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
