#!/usr/bin/env node
// Usage: npm test [-- vitest's options]
// Makes the checkout ready, then runs the tests: those of the projects that `--project` names, with `--full` all of them, with `--quick` those of
// `core` that compute for seconds, else all but the slow ones (*.full.test.ts, project `full`).
import { exec } from './setup/exec.mjs';
import { projectRoot } from './setup/paths.mjs';
import { runAsCommand, setUp } from './setup.mjs';

/** Projects that never load TensorFlow. */
const withoutTensorflow = ['core', 'core-replacing', 'store', 'store-replacing', 'http', 'http-replacing', 'runner'];

const quick = ['--project=core', '--project=core-replacing'];

await runAsCommand(async () => {
  const given = process.argv.slice(2).filter((arg) => arg !== '--full');
  // vitest.config.ts leaves out the files that take long.
  if (given.includes('--quick')) process.env.TEST_QUICK = 'true';
  const args = given.flatMap((arg) => (arg === '--quick' ? quick : [arg]));
  const projects = args.flatMap((arg, at) => (arg === '--project' ? [args[at + 1]] : arg.startsWith('--project=') ? [arg.slice(10)] : []));
  const isLight = projects.length > 0 && projects.every((project) => withoutTensorflow.includes(project));
  const wantsSlow = projects.length > 0 || args.some((arg) => arg.includes('.full.')) || process.argv.includes('--full');
  const all = wantsSlow ? args : ['--project=!full', ...args];
  await setUp({ quiet: true, tensorflow: isLight ? 'never' : 'always' });
  process.exitCode = await exec('node_modules/vitest/vitest.mjs', ['run', ...all], { cwd: projectRoot });
});
