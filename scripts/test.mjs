#!/usr/bin/env node
// Usage: npm test [-- vitest's options]
// Sets up the checkout, then runs the tests of all projects or of those that `--project` names.
import { exec } from './setup/exec.mjs';
import { projectRoot } from './setup/paths.mjs';
import { runAsCommand, setUp } from './setup.mjs';

/** Projects that never load TensorFlow. */
const withoutTensorflow = ['core', 'store', 'http'];

await runAsCommand(async () => {
  const args = process.argv.slice(2);
  const projects = args.flatMap((arg, at) => (arg === '--project' ? [args[at + 1]] : arg.startsWith('--project=') ? [arg.slice(10)] : []));
  const isLight = projects.length > 0 && projects.every((project) => withoutTensorflow.includes(project));
  await setUp({ quiet: true, tensorflow: isLight ? 'never' : 'always' });
  process.exitCode = await exec('node_modules/vitest/vitest.mjs', ['run', ...args], { cwd: projectRoot });
});
