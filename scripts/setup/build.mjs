import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { runCommand } from './command.mjs';
import { digestOf, readNote, writeNote } from './digest-note.mjs';
import { logFolder, notesFolder } from './paths.mjs';

const inputs = ['src', 'tsconfig.json', 'tsconfig.build.json', 'node_modules/typescript/package.json'];
const note = (root) => join(notesFolder(root), 'build');

/** Compiles the service into dist/. Reading the sources for their digest takes some milliseconds, the compiler about half a second. */
export const buildStep = {
  title: 'Building the service',
  isDone: ({ root }) => existsSync(join(root, 'dist', 'main.js')) && readNote(note(root)) === digestOf(root, inputs),
  run: async ({ root }) => {
    const digest = digestOf(root, inputs);
    await compile(root, 'tsconfig.build.json');
    writeNote(note(root), digest);
  },
};

/** Compiles a TypeScript project of this checkout. @throws SetupFailure with the compiler's messages */
export function compile(root, project) {
  return runCommand(process.execPath, ['node_modules/typescript/bin/tsc', '-p', project], {
    cwd: root,
    logFile: join(logFolder(root), `${project}.log`),
    failed: `The sources do not compile (${project}); the messages above say where`,
  });
}
