/**
 * With CHAOS_FAST set, the runner's entry points are replaced by those of this folder: trainings that take milliseconds and
 * need no TensorFlow, and texts that need no preparation.
 */
import childProcess from 'node:child_process';
import { syncBuiltinESMExports } from 'node:module';
import { fileURLToPath } from 'node:url';

const replacements = [
  ['/objectives/text-classifier/tensorflow/trainer.js', './fast-trainer.mjs'],
  ['/objectives/text-classifier/datasets/prepare-process.js', './fast-prepare.mjs'],
];

if (process.env.CHAOS_FAST) {
  const { fork } = childProcess;
  childProcess.fork = (entry, ...rest) => fork(replacementOf(String(entry)), ...rest);
  syncBuiltinESMExports();
}

function replacementOf(entry) {
  const found = replacements.find(([end]) => entry.endsWith(end));
  return found ? fileURLToPath(new URL(found[1], import.meta.url)) : entry;
}
