/**
 * With FAKE_TRAINER set, the runner's entry points are replaced by the fakes of test/runner: trainers that need no TensorFlow
 * and report the same numbers for the same trial, and a preparation that returns `<data folder>/dataset`, which must exist
 * and contain a `behaviour.json`.
 */
import childProcess from 'node:child_process';
import { syncBuiltinESMExports } from 'node:module';
import { fileURLToPath } from 'node:url';

const fakes = [
  ['/objectives/text-classifier/tensorflow/trainer.js', '../objectives/text-classifier/runner/fake-trainer.mjs'],
  ['/objectives/text-classifier/datasets/prepare-process.js', '../runner/fake-prepare.mjs'],
];

if (process.env.FAKE_TRAINER) {
  const { fork } = childProcess;
  childProcess.fork = (entry, ...rest) => fork(fakeOf(String(entry)), ...rest);
  syncBuiltinESMExports();
}

function fakeOf(entry) {
  const found = fakes.find(([end]) => entry.endsWith(end));
  return found ? fileURLToPath(new URL(found[1], import.meta.url)) : entry;
}
