import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { installTensorflow } from '../tensorflow/install.mjs';
import { probeInstalled } from '../tensorflow/probe.mjs';
import { missingText } from '../tensorflow/remedy.mjs';
import { readNote, writeNote } from './digest-note.mjs';
import { notesFolder } from './paths.mjs';

/** Note written when every source failed, for starts that do not try again: `{ reasons, advice }`. */
const missingNote = (root) => join(notesFolder(root), 'tensorflow-missing.json');

/** Installs the native TensorFlow. If no source works, the step says so and still succeeds, because everything except training works without it. */
export const tensorflowStep = {
  reportsItself: true,
  isDone: async ({ root }) => (await probeInstalled(root)).version !== undefined,
  run: async ({ root, progress, tensorflow }) => {
    const missing = tensorflow === 'once' ? JSON.parse(readNote(missingNote(root)) ?? 'null') : null;
    const result = missing ?? (await installTensorflow({ root, progress }));
    if (result.version !== undefined) {
      rmSync(missingNote(root), { force: true });
      progress.note(`TensorFlow ${result.version} is ready.`);
      return;
    }
    writeNote(missingNote(root), JSON.stringify({ reasons: result.reasons, advice: result.advice }));
    progress.say(missingText(result));
  },
};
