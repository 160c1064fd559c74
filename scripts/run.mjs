#!/usr/bin/env node
// Usage: node scripts/run.mjs VERB [options]
// Makes the checkout ready (quietly where it is), then runs the service's own command line with the arguments as they are.
import { exec } from './setup/exec.mjs';
import { projectRoot } from './setup/paths.mjs';
import { runAsCommand, setUp } from './setup.mjs';

/** Verbs that train, here or in a runner they start. The others should not wait for TensorFlow. */
const training = ['quickstart', 'serve', 'runner'];

await runAsCommand(async () => {
  const args = process.argv.slice(2);
  await setUp({ quiet: true, tensorflow: training.includes(args[0]) ? 'once' : 'never' });
  process.exitCode = await exec('dist/main.js', args, { cwd: projectRoot });
});
