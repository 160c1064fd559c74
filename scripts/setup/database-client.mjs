import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { runCommand } from './command.mjs';
import { digestOf, readNote, writeNote } from './digest-note.mjs';
import { logFolder, notesFolder } from './paths.mjs';

const inputs = ['prisma/schema.prisma', 'prisma.config.ts', 'node_modules/prisma/package.json'];
const output = 'src/store/generated/client.ts';
const note = (root) => join(notesFolder(root), 'database-client');

/** Generates the Prisma client from prisma/schema.prisma whenever the schema, its configuration or Prisma's version has changed. */
export const databaseClientStep = {
  title: 'Generating the database client',
  isDone: ({ root }) => existsSync(join(root, output)) && readNote(note(root)) === digestOf(root, inputs),
  run: async ({ root }) => {
    const digest = digestOf(root, inputs);
    await runCommand(process.execPath, ['node_modules/prisma/build/index.js', 'generate'], {
      cwd: root,
      env: { ...process.env, CHECKPOINT_DISABLE: '1', PRISMA_HIDE_UPDATE_MESSAGE: '1' }, // no check for newer versions over the network
      logFile: join(logFolder(root), 'prisma-generate.log'),
      failed: 'The database client could not be generated from prisma/schema.prisma; the messages above say why',
    });
    writeNote(note(root), digest);
  },
};
