#!/usr/bin/env node
import { parseArgs } from 'node:util';
import { reportFailure, SetupFailure } from './setup/failure.mjs';
import { projectRoot } from './setup/paths.mjs';
import { createProgress } from './setup/progress.mjs';
import { installTensorflow } from './tensorflow/install.mjs';
import { cacheFolder } from './tensorflow/places.mjs';
import { missingText } from './tensorflow/remedy.mjs';

const help = `Usage: node scripts/tensorflow.mjs

Makes the native part of TensorFlow work in this checkout, from the first of these sources that works:
  1. the one that is installed already
  2. a build in ${cacheFolder()}
  3. the official download of @tensorflow/tfjs-node
  4. the C library of TensorFlow's Python package, by pip, and the add-on compiled with g++
Exits with code 1 if none works. The npm packages must be installed (npm run setup does all of this).`;

async function main() {
  const { values } = parseArgs({ options: { help: { type: 'boolean', short: 'h' } } });
  if (values.help) return void process.stdout.write(`${help}\n`);
  const progress = createProgress();
  const result = await installTensorflow({ root: projectRoot, progress });
  if (result.version === undefined) throw new SetupFailure(missingText(result));
  progress.say(result.changed ? `TensorFlow ${result.version} is ready (${result.place}).` : `TensorFlow ${result.version} works already.`);
}

main().catch((error) => {
  process.exitCode = reportFailure(error);
});
