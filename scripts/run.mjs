#!/usr/bin/env node
// Usage: node scripts/run.mjs VERB [options]
// Sets up the checkout (silently if it is ready), then runs the service's command line with the same arguments.
import { exec } from './setup/exec.mjs';
import { projectRoot } from './setup/paths.mjs';
import { runAsCommand, setUp } from './setup.mjs';

/** Verbs that train. The others do not wait for TensorFlow. */
const training = ['quickstart', 'serve', 'runner'];

await runAsCommand(async () => {
  const args = process.argv.slice(2);
  await setUp({ quiet: true, tensorflow: training.includes(args[0]) ? 'once' : 'never' });
  process.exitCode = await exec('dist/main.js', args, { cwd: projectRoot });
});
