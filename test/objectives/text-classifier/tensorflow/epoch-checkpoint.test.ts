import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  type CheckpointIdentity,
  type EpochCheckpointFile,
  readEpochCheckpoint,
  writeEpochCheckpoint,
} from '../../../../src/objectives/text-classifier/tensorflow/epoch-checkpoint.ts';
import type { ModelState } from '../../../../src/objectives/text-classifier/tensorflow/model.ts';
import { tinyHyperparameters } from './synthetic-dataset.ts';

const identity: CheckpointIdentity = {
  hyperparameters: tinyHyperparameters,
  earlier: [],
  modelSeed: 'seed',
  datasetDigest: 'digest',
  trainSize: null,
};
const state: ModelState = {
  optimizerSteps: 12,
  tensors: [
    { name: 'a', shape: [2, 2], values: Float32Array.from([1.5, -0, 1e-40, 3e38]) },
    { name: 'b/slot', shape: [1], values: Float32Array.from([0.1]) },
  ],
};

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'clavier-test-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('an epoch checkpoint', () => {
  it('gives back what was written, bit for bit, to a training of any number of epochs', async () => {
    const written = await writeEpochCheckpoint(folder, identity, 2, state);
    const bytes = readFileSync(written.file);
    expect(written).toEqual({
      epoch: 2,
      file: join(folder, '2.ckpt'),
      bytes: bytes.length,
      sha256: createHash('sha256').update(bytes).digest('hex'),
    });
    const longer = { ...identity, hyperparameters: { ...tinyHyperparameters, epochs: 99 } };
    expect(await readEpochCheckpoint(written, longer)).toEqual({ epoch: 2, state });
    expect(readdirSync(folder)).toEqual(['2.ckpt']);
  });

  it('names a training whose values do not change as it did before any could', async () => {
    const { file } = await writeEpochCheckpoint(folder, identity, 2, state);
    const named =
      '{"datasetDigest":"digest","hyperparameters":{"batchSize":8,"clipNorm":0,"dropout":0,"embeddingSize":5,"hiddenUnits":6,"learningRate":0.01,"maxLength":12,"optimizer":"adam","vocabularySize":30},"modelSeed":"seed","trainSize":null}';
    expect(readFileSync(file, 'latin1')).toContain(`"identity":${JSON.stringify(named)}`);
  });

  it.each<[string, Partial<CheckpointIdentity>]>([
    ['hyperparameters', { hyperparameters: { ...tinyHyperparameters, hiddenUnits: 7 } }],
    ['a seed', { modelSeed: 'other' }],
    ['a dataset', { datasetDigest: 'other' }],
    ['a size', { trainSize: 10 }],
  ])('of other %s is refused', async (_, other) => {
    const written = await writeEpochCheckpoint(folder, identity, 2, state);
    expect(await readEpochCheckpoint(written, { ...identity, ...other })).toEqual({
      epoch: null,
      reason: expect.stringContaining('another training'),
    });
  });

  it('is refused with a reason where any byte changed, it was cut, it is missing, or its epoch is another', async () => {
    const written = await writeEpochCheckpoint(folder, identity, 2, state);
    const bytes = readFileSync(written.file);
    const reason = async (file: EpochCheckpointFile): Promise<unknown> => {
      const read = await readEpochCheckpoint(file, identity);
      return read.epoch === null ? read.reason : 'accepted';
    };
    for (const place of [0, 9, 20, bytes.length - 1]) {
      const changed = Buffer.from(bytes);
      changed[place] = (changed[place] as number) ^ 1;
      writeFileSync(written.file, changed);
      expect(await reason(written)).toContain('not those that were written');
    }
    writeFileSync(written.file, bytes.subarray(0, -1));
    expect(await reason(written)).toContain('bytes instead of');
    writeFileSync(written.file, bytes);
    expect(await reason({ ...written, epoch: 3 })).toContain('epoch 2, not 3');
    expect(await reason(written)).toBe('accepted');
    renameSync(written.file, join(folder, 'elsewhere'));
    expect(await reason(written)).toContain('ENOENT');
  });

  it('is not taken from a file of another kind, or of another format', async () => {
    const written = await writeEpochCheckpoint(folder, identity, 2, state);
    const rewritten = (bytes: Buffer): EpochCheckpointFile => {
      writeFileSync(written.file, bytes);
      return { ...written, bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') };
    };
    const older = Buffer.from(readFileSync(written.file, 'latin1').replace('"formatVersion":1', '"formatVersion":0'), 'latin1');
    expect(await readEpochCheckpoint(rewritten(older), identity)).toEqual({ epoch: null, reason: expect.stringContaining('format is 0') });
    const text = rewritten(Buffer.from('a text of more than a few bytes'));
    expect(await readEpochCheckpoint(text, identity)).toEqual({ epoch: null, reason: expect.stringContaining('not an epoch checkpoint') });
  });

  it('that cannot be written leaves nothing beside it, and says why', async () => {
    mkdirSync(join(folder, '2.ckpt')); // a folder is in its place
    await expect(writeEpochCheckpoint(folder, identity, 2, state)).rejects.toThrow(/EISDIR|ENOTEMPTY|EEXIST/);
    expect(readdirSync(folder)).toEqual(['2.ckpt']);
  });

  it('being written removes what a process that died left beside it long ago, and leaves what is being written', async () => {
    for (const name of ['.1.old.tmp', '.1.new.tmp']) writeFileSync(join(folder, name), '');
    utimesSync(join(folder, '.1.old.tmp'), 0, 0);
    await writeEpochCheckpoint(folder, identity, 2, state);
    expect(readdirSync(folder).sort()).toEqual(['.1.new.tmp', '2.ckpt']);
  });
});
