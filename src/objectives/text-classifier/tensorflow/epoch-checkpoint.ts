import { createHash, randomUUID } from 'node:crypto';
import { open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { canonicalText } from '../../../shared/digest.ts';
import { faultPoint } from '../../../shared/fault-points.ts';
import { makeFolder } from '../../../shared/make-folder.ts';
import { hyperparametersAt, type SegmentedTraining, segmentsBefore } from '../segments.ts';
import type { ModelState, NamedValues } from './model.ts';

/** Raised when the layout of the file or the meaning of its contents changes. Older files are then skipped. */
const formatVersion = 1;
const magic = Buffer.from('CLAVCKPT', 'latin1');
/** Offset of the header's JSON: after the magic bytes and the header's length, a 32-bit little-endian integer. */
const headerStart = magic.length + 4;

/** An unfinished file that is untouched for this long was left behind by a dead process. */
const abandonedMs = 60 * 60 * 1000;

/** A written epoch checkpoint. */
export interface EpochCheckpointFile {
  readonly epoch: number;
  /** Path of the file. */
  readonly file: string;
  readonly bytes: number;
  /** SHA-256 of the file's bytes, hexadecimal. */
  readonly sha256: string;
}

/**
 * The training that a checkpoint belongs to. The number of epochs is not part of it, because a longer run contains the shorter one. Of a training
 * whose values change on the way, a checkpoint belongs to all trainings with the same segments up to its epoch.
 */
export interface CheckpointIdentity extends SegmentedTraining {
  readonly modelSeed: string;
  /** Digest of the dataset's texts and splits. */
  readonly datasetDigest: string;
  readonly trainSize: number | null;
}

interface Header {
  readonly formatVersion: number;
  readonly identity: string;
  readonly epoch: number;
  readonly optimizerSteps: number;
  readonly tensors: readonly { readonly name: string; readonly shape: readonly number[] }[];
}

/** A checkpoint that was read, or the reason why it cannot be used. */
export type CheckpointRead = { readonly epoch: number; readonly state: ModelState } | { readonly epoch: null; readonly reason: string };

/**
 * Writes `<epoch>.ckpt` into a folder atomically: writes a temporary file, syncs it, renames it, and syncs the folder. After
 * a crash at any moment, the file is complete or absent.
 *
 * Layout: magic bytes, length of the header, header (JSON), then the tensors' float32 values, little-endian, in order.
 *
 * @throws the file system's error
 */
export async function writeEpochCheckpoint(
  folder: string,
  identity: CheckpointIdentity,
  epoch: number,
  state: ModelState,
): Promise<EpochCheckpointFile> {
  const bytes = encode(identity, epoch, state);
  const file = join(folder, `${epoch}.ckpt`);
  const beside = join(folder, `.${epoch}.${randomUUID()}.tmp`);
  await makeFolder(folder);
  await removeAbandoned(folder);
  try {
    await writeSynced(beside, bytes);
    await faultPoint('checkpoint.before');
    await rename(beside, file);
  } catch (error) {
    await rm(beside, { force: true });
    throw error;
  }
  await syncFolder(folder);
  await faultPoint('checkpoint.after');
  return { epoch, file, bytes: bytes.length, sha256: sha256(bytes) };
}

/** Reads a checkpoint and checks its bytes, format, training and epoch. */
export async function readEpochCheckpoint(written: EpochCheckpointFile, identity: CheckpointIdentity): Promise<CheckpointRead> {
  let bytes: Buffer;
  try {
    bytes = await readFile(written.file);
  } catch (error) {
    return refused(error instanceof Error ? error.message : String(error));
  }
  if (bytes.length !== written.bytes) return refused(`${bytes.length} bytes instead of ${written.bytes}`);
  if (sha256(bytes) !== written.sha256) return refused('its bytes are not those that were written');
  return decode(bytes, written.epoch, identity);
}

async function removeAbandoned(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    if (!name.endsWith('.tmp')) continue;
    const file = join(folder, name);
    // A missing file was renamed by its writer meanwhile.
    const { mtimeMs } = await stat(file).catch(() => ({ mtimeMs: Number.POSITIVE_INFINITY }));
    if (Date.now() - mtimeMs > abandonedMs) await rm(file, { force: true });
  }
}

function encode(identity: CheckpointIdentity, epoch: number, state: ModelState): Buffer {
  const header: Header = {
    formatVersion: formatVersion,
    identity: identityText(identity, epoch),
    epoch,
    optimizerSteps: state.optimizerSteps,
    tensors: state.tensors.map(({ name, shape }) => ({ name, shape })),
  };
  const json = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(json.length);
  return Buffer.concat([magic, length, json, ...state.tensors.map(({ values }) => littleEndian(values))]);
}

function decode(bytes: Buffer, epoch: number, identity: CheckpointIdentity): CheckpointRead {
  if (!bytes.subarray(0, magic.length).equals(magic)) return refused('it is not an epoch checkpoint');
  const dataStart = headerStart + bytes.readUInt32LE(magic.length);
  const header: Header = JSON.parse(bytes.toString('utf8', headerStart, dataStart));
  if (header.formatVersion !== formatVersion) return refused(`its format is ${header.formatVersion}, not ${formatVersion}`);
  if (header.identity !== identityText(identity, epoch)) return refused('it belongs to another training');
  if (header.epoch !== epoch) return refused(`it is of epoch ${header.epoch}, not ${epoch}`);
  const tensors: NamedValues[] = [];
  let start = dataStart;
  for (const { name, shape } of header.tensors) {
    const size = shape.reduce((product, side) => product * side, 1);
    tensors.push({ name, shape, values: floats(bytes.subarray(start, start + 4 * size)) });
    start += 4 * size;
  }
  return { epoch, state: { optimizerSteps: header.optimizerSteps, tensors } };
}

function identityText({ modelSeed, datasetDigest, trainSize, ...training }: CheckpointIdentity, epoch: number): string {
  const { epochs: _, ...hyperparameters } = hyperparametersAt(training, epoch);
  const earlier = segmentsBefore(training.earlier, epoch);
  return canonicalText({ hyperparameters, modelSeed, datasetDigest, trainSize, ...(earlier.length > 0 && { earlier }) });
}

/** Returns the bytes of the values. The native library runs on little-endian processors only, so memory has the file's format. */
function littleEndian(values: Float32Array): Buffer {
  return Buffer.from(values.buffer, values.byteOffset, values.byteLength);
}

function floats(bytes: Buffer): Float32Array {
  // A copy, because the bytes of a file may not begin at a multiple of four.
  return new Float32Array(Uint8Array.from(bytes).buffer);
}

function refused(reason: string): CheckpointRead {
  return { epoch: null, reason };
}

function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

async function writeSynced(file: string, bytes: Buffer): Promise<void> {
  const handle = await open(file, 'wx');
  try {
    await handle.writeFile(bytes);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
