/**
 * With FAKE_TRAINER set, the entry points that the runner starts by path are the fakes of test/runner: trainers that
 * need no TensorFlow and say the same numbers for the same trial, and a preparation that prepares `<data folder>/dataset`,
 * which has to be there, with a `behaviour.json` in it.
 */
import childProcess from 'node:child_process';
import { syncBuiltinESMExports } from 'node:module';
import { fileURLToPath } from 'node:url';

const fakes = [
  ['/objectives/text-classifier/tensorflow/trainer.js', '../runner/fake-trainer.mjs'],
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
