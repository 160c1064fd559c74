#!/usr/bin/env node
// Usage: npm run storm [-- options]; --help lists them.
// Sets up the checkout, compiles test/storm and the sources that it uses into dist/chaos, and runs it from there.
import { compile } from './setup/build.mjs';
import { exec } from './setup/exec.mjs';
import { projectRoot } from './setup/paths.mjs';
import { runAsCommand, setUp } from './setup.mjs';

await runAsCommand(async () => {
  await setUp({ quiet: true, tensorflow: 'never' });
  await compile(projectRoot, 'tsconfig.chaos.json');
  process.exitCode = await exec('dist/chaos/test/storm/run.js', process.argv.slice(2), { cwd: projectRoot });
});
