import { randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, rm, rmdir, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { z } from 'zod';
import type { Database } from './database.ts';
import { hasCode } from './system-error.ts';

/** Trials of a study whose last epoch checkpoint is kept. */
const bestKept = 10;

/** Files that training leaves behind: a folder that every runner reaches. */
export interface ArtifactFolder {
  epochFolder(epochsDigest: string): Promise<string>;
  relative(file: string): string;
  absolute(recorded: string): string;
  prune(): Promise<number>;
}

/** The folder is not the one that the database's records speak of. The message says what to do. */
export class ArtifactFolderError extends Error {
  override readonly name = 'ArtifactFolderError';
}

/**
 * Opens the artifact folder and checks that it belongs to the database: all runners must share one folder, and a
 * runner that looked into another would find no checkpoint. A new database takes the folder it is first used with.
 *
 * @throws ArtifactFolderError when it belongs to another database, or another folder belongs to this one
 */
export async function openArtifacts(database: Database, folder: string): Promise<ArtifactFolder> {
  await mkdir(folder, { recursive: true });
  await checkIdentity(database, folder);
  const absolute = (recorded: string): string => join(folder, recorded);
  return {
    epochFolder: async (epochsDigest) => {
      const path = absolute(epochsFolder(epochsDigest));
      await mkdir(path, { recursive: true });
      return path;
    },
    relative: (file) => relative(folder, file),
    absolute,
    prune: () => pruneEpochCheckpoints(database, folder),
  };
}

function epochsFolder(epochsDigest: string): string {
  return join('epochs', epochsDigest.slice(0, 2), epochsDigest);
}

const identitySchema = z.object({ artifactId: z.uuid() });

async function checkIdentity(database: Database, folder: string): Promise<void> {
  const file = join(folder, 'identity.json');
  const onDisk = await readIdentity(file);
  // Whoever comes first names the folder: a race of two new runners has one winner, and both read it.
  await database.$executeRaw`INSERT INTO installation (id, artifact_id) VALUES (1, ${onDisk ?? randomUUID()}::uuid) ON CONFLICT (id) DO NOTHING`;
  const { artifactId } = await database.installation.findUniqueOrThrow({ where: { id: 1 } });
  if (onDisk === artifactId) return;
  if (onDisk !== null)
    throw new ArtifactFolderError(
      `${folder} belongs to another database: every runner of a database needs the artifact folder of that database (set CLAVIER_DATA_DIR)`,
    );
  const records = await database.epochCheckpoint.count();
  if (records > 0) {
    throw new ArtifactFolderError(
      `${folder} is not the artifact folder of this database, which has ${records} epoch checkpoints elsewhere: set CLAVIER_DATA_DIR to the folder that all runners share; ` +
        `if those files are lost for good, empty the table epoch_checkpoint and start again (running trials then begin anew)`,
    );
  }
  // Beside it first: a runner that starts at this moment reads the whole file or none.
  const beside = `${file}.${randomUUID()}`;
  await writeFile(beside, `${JSON.stringify({ artifactId })}\n`);
  await rename(beside, file);
}

async function readIdentity(file: string): Promise<string | null> {
  try {
    return identitySchema.parse(JSON.parse(await readFile(file, 'utf8'))).artifactId;
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return null;
    throw new ArtifactFolderError(`${file} cannot be read as the identity of an artifact folder: ${String(error)}`, { cause: error });
  }
}

const expendableSchema = z.array(z.object({ epochs_digest: z.string(), epoch: z.number(), file: z.string() }));

/**
 * Deletes what nobody needs: an open trial needs its last two epochs (one to go on from, one to fall back on), a
 * study the last epoch of its best trials. The file goes before the record: a record without a file is passed over,
 * a file without a record would stay for ever.
 */
async function pruneEpochCheckpoints(database: Database, folder: string): Promise<number> {
  const expendable = expendableSchema.parse(
    await database.$queryRaw`
      SELECT checkpoint.epochs_digest, checkpoint.epoch, checkpoint.file FROM epoch_checkpoint AS checkpoint
      WHERE NOT EXISTS (
        SELECT 1 FROM trial
        WHERE trial.epochs_digest = checkpoint.epochs_digest AND trial.state IN ('queued', 'running') AND checkpoint.epoch >= trial.epochs_done - 1
      ) AND NOT EXISTS (
        SELECT 1 FROM trial
        WHERE trial.epochs_digest = checkpoint.epochs_digest AND trial.state = 'completed' AND trial.epochs_done = checkpoint.epoch
          AND trial.id IN (
            SELECT best.id FROM trial AS best
            WHERE best.study_id = trial.study_id AND best.state = 'completed' ORDER BY best.score DESC NULLS LAST, best.number LIMIT ${bestKept}::int
          )
      )`,
  );
  for (const { epochs_digest: epochsDigest, epoch, file } of expendable) {
    await rm(join(folder, file), { force: true });
    await database.epochCheckpoint.deleteMany({ where: { epochsDigest, epoch } });
  }
  await removeEmptyFolders(join(folder, 'epochs'), new Set(expendable.map((checkpoint) => checkpoint.epochs_digest)));
  return expendable.length;
}

/** `rmdir` refuses a folder that is not empty: a file that a trainer writes there at this moment stays. */
async function removeEmptyFolders(epochs: string, digests: ReadonlySet<string>): Promise<void> {
  for (const digest of digests) {
    await rmdir(join(epochs, digest.slice(0, 2), digest)).catch((error: unknown) => {
      if (!['ENOTEMPTY', 'EEXIST', 'ENOENT'].some((code) => hasCode(error, code))) throw error;
    });
  }
}
