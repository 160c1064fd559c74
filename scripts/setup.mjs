#!/usr/bin/env node
import { realpathSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { isSupportedNode, nodeVersionMessage } from './setup/node-version.mjs';

const help = `Usage: npm run setup [-- options]
       node scripts/setup.mjs [options]

Sets up this checkout: npm packages, database client, compiled service, native TensorFlow. Steps that are done already are skipped.

  --no-tensorflow  skip TensorFlow: the service runs, but studies that train fail
  --quiet          print only steps that take long or fail
  --help           print this text`;

/**
 * Sets up the checkout and skips steps that are done. `tensorflow`: `always` tries to get the native library whenever it is
 * missing, `once` only if no earlier attempt failed (a start should not spend a minute on it each time), `never` skips it.
 * @throws SetupFailure when the service cannot run. Missing TensorFlow is not a failure; the output says so.
 */
export async function setUp({ quiet = false, tensorflow = 'always' } = {}) {
  // Checked before anything else is loaded, because an old Node.js may not parse the rest.
  if (!isSupportedNode(process.version)) {
    process.stderr.write(`${nodeVersionMessage(process.version)}\n`);
    process.exit(2);
  }
  const { prepare } = await import('./setup/prepare.mjs');
  return prepare({ quiet, tensorflow });
}

/** Runs `work` as a command: prints a failure for a person and sets the exit code. */
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
