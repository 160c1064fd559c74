import { randomUUID } from 'node:crypto';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { counted } from '../../shared/counted.ts';
import { makeFolder } from '../../shared/make-folder.ts';
import { inProcessFronts } from '../../studies/fronts/front-job.ts';
import { type Connection, type Database, inTransaction } from '../database/database.ts';
import { hasCode } from '../files/system-error.ts';
import { makeSynced, moveSynced, writeWhole } from '../files/whole-file.ts';
import { isAlive, thisProcess } from '../runners/process-identity.ts';
import { identityOf } from '../runners/registration.ts';
import { frontReads } from '../studies/fronts.ts';
import { checkpointLeftovers } from './checkpoint-leftovers.ts';
import { pruneStepCheckpoints } from './checkpoint-pruning.ts';
import { ArtifactFolderError } from './errors.ts';

/** Files by key in a folder shared by all runners. The key of a file is its path in the folder. */
export interface ArtifactFolder {
  /**
   * Makes a scratch folder for one attempt of a training, on the same disk, so that its files move to their keys atomically. It
   * exists on return, unless the disk is full: the writer then tries again.
   */
  scratch(token: string, resultKey: string): Promise<string>;
  /** Removes the scratch folders of an attempt. */
  discardScratch(token: string): Promise<void>;
  /** Moves a file to its key and replaces an existing one: synced, renamed, then the folder synced. */
  put(key: string, file: string): Promise<void>;
  /** The path of the file of a key. */
  get(key: string): Promise<string>;
  /**
   * Deletes the step checkpoints that nothing needs (see `pruneStepCheckpoints`), and searches a part of the folder for files
   * without a record.
   *
   * @returns number of deleted recorded checkpoints
   */
  prune(): Promise<number>;
}

/** The artifact folder, and the limit of the checkpoints kept for a later reuse. */
export interface ArtifactOptions {
  readonly folder: string;
  /** MiB of recorded step checkpoints. Needed checkpoints are kept even above it. */
  readonly limitMb: number;
}

/**
 * Opens the artifact folder and checks that it belongs to the database: all runners must share one folder, because a runner with
 * another one would find no checkpoint. A new database takes the folder it is first used with; a database takes another folder if
 * no checkpoint is recorded and no other runner is registered. A runner that registers before it opens the folder is visible to
 * every other one that opens a folder.
 *
 * @throws ArtifactFolderError if the folder belongs to another database, or the database to another folder
 */
export async function openArtifacts(database: Database, options: ArtifactOptions): Promise<ArtifactFolder> {
  const { folder, limitMb } = options;
  await makeSynced(folder);
  let settled = false;
  while (!settled) settled = await inTransaction(database, (tx) => settleIdentity(tx, folder));
  const leftovers = checkpointLeftovers(database, folder);
  const fronts = frontReads(inProcessFronts);
  const scratchOf = (token: string): string => join(folder, 'scratch', token);
  return {
    scratch: async (token, resultKey) => {
      const path = join(scratchOf(token), resultKey);
      await makeFolder(path).catch((error: unknown) => {
        // On a full disk a training continues without checkpoints.
        if (!hasCode(error, 'ENOSPC') && !hasCode(error, 'EDQUOT')) throw error;
      });
      return path;
    },
    discardScratch: (token) => rm(scratchOf(token), { recursive: true, force: true }),
    put: (key, file) => moveSynced(file, join(folder, key)),
    get: async (key) => join(folder, key),
    prune: async () => {
      const deleted = await pruneStepCheckpoints(database, fronts, { folder, limitMb });
      await leftovers.removeSome();
      return deleted;
    },
  };
}

const identitySchema = z.object({ artifactId: z.uuid() });

/**
 * Identifies the folder and the database; one process at a time. The file is written before the row is stored: a process that dies
 * between the two leaves a folder with an identity, which the next process stores in the database.
 *
 * @returns false if the database forgot an unused folder: the next call takes this folder as for a new database
 */
async function settleIdentity(tx: Connection, folder: string): Promise<boolean> {
  await tx.$executeRaw`LOCK TABLE installation IN SHARE ROW EXCLUSIVE MODE`;
  const file = join(folder, 'identity.json');
  const onDisk = await readIdentity(file);
  const known = await tx.installation.findUnique({ where: { id: 1 } });
  if (known === null) {
    const artifactId = onDisk ?? randomUUID();
    if (onDisk === null) await writeWhole(file, `${JSON.stringify({ artifactId })}\n`, 0o644);
    await tx.installation.create({ data: { id: 1, artifactId } });
    return true;
  }
  if (onDisk === known.artifactId) return true;
  if (onDisk !== null) {
    throw new ArtifactFolderError(
      `${folder} belongs to another database, or this database took another folder since: every runner of a database needs the artifact folder of that database (set CLAVIER_DATA_DIR)`,
    );
  }
  await refuseIfUsedElsewhere(tx, folder);
  await tx.installation.delete({ where: { id: 1 } });
  return false;
}

/** Another folder is in use if a checkpoint is recorded, or if a runner that may be alive is registered. */
async function refuseIfUsedElsewhere(tx: Connection, folder: string): Promise<void> {
  const records = await tx.stepCheckpoint.count();
  if (records > 0) {
    throw new ArtifactFolderError(
      `${folder} is not the artifact folder of this database, which has ${counted(records, 'step checkpoint')} elsewhere: set CLAVIER_DATA_DIR to the folder that all runners share; ` +
        `if those files are lost for good, empty the table step_checkpoint and start again (running trials then begin anew)`,
    );
  }
  const own = thisProcess();
  const identities = (await tx.runner.findMany()).map(identityOf);
  const other = identities.find((one) => isAlive(one) !== 'dead' && (isAlive(one) === 'unknown' || one.pid !== own.pid));
  if (other) {
    throw new ArtifactFolderError(
      `${folder} is not the artifact folder of this database, and the runner on ${other.host} (process ${other.pid}) works in another one: set CLAVIER_DATA_DIR ` +
        `to the folder that all runners share; if that runner is gone for good, delete its row of the table runner and start again`,
    );
  }
}

async function readIdentity(file: string): Promise<string | null> {
  try {
    return identitySchema.parse(JSON.parse(await readFile(file, 'utf8'))).artifactId;
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return null;
    throw new ArtifactFolderError(`${file} cannot be read as the identity of an artifact folder: ${String(error)}`, { cause: error });
  }
}
