#!/usr/bin/env node
import { realpathSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { isSupportedNode, nodeVersionMessage } from './setup/node-version.mjs';

const help = `Usage: npm run setup [-- options]
       node scripts/setup.mjs [options]

Makes this checkout ready: npm packages, database client, compiled service, native TensorFlow. What is ready already is skipped.

  --no-tensorflow  leave TensorFlow out: the service runs, studies that train fail
  --quiet          say only what takes long or fails
  --help           this text`;

/**
 * Makes the checkout ready to run; skips whatever is. `tensorflow`: `always` tries to get the native library whenever it is missing,
 * `once` only where no earlier try failed (a start should not try for a minute each time), `never` leaves it out.
 * @throws SetupFailure when the service cannot run. Missing TensorFlow is no such failure: the answer says so.
 */
export async function setUp({ quiet = false, tensorflow = 'always' } = {}) {
  // Before anything else is loaded: an old Node.js might not even parse the rest.
  if (!isSupportedNode(process.version)) {
    process.stderr.write(`${nodeVersionMessage(process.version)}\n`);
    process.exit(2);
  }
  const { prepare } = await import('./setup/prepare.mjs');
  return prepare({ quiet, tensorflow });
}

/** Runs `work` as a command's whole life: a failure is printed for a person and becomes the exit code. */
export async function runAsCommand(work) {
  try {
    await work();
  } catch (error) {
    const { reportFailure } = await import('./setup/failure.mjs');
    process.exitCode = reportFailure(error);
  }
}

async function main() {
  const options = process.argv.slice(2);
  if (options.includes('--help')) return void process.stdout.write(`${help}\n`);
  const unknown = options.find((option) => !['--no-tensorflow', '--quiet'].includes(option));
  if (unknown !== undefined) {
    process.stderr.write(`Unknown option ${unknown}.\n\n${help}\n`);
    process.exitCode = 2;
    return;
  }
  await setUp({ quiet: options.includes('--quiet'), tensorflow: options.includes('--no-tensorflow') ? 'never' : 'always' });
}

if (process.argv[1] !== undefined && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) await runAsCommand(main);
