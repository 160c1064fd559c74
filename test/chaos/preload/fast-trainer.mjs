/**
 * A trainer that speaks src/objectives/trainer-protocol.ts and needs no TensorFlow. It waits for some hundredths of a second in
 * each epoch. Its values are a function of the hyperparameters, with a maximum to find, and of its weights. These are a hash over
 * the seed and every epoch so far, with the values that changed in it, stored and read back by the product's own epoch checkpoints, so that a training that resumed
 * from the wrong place has different values ever after. Some configurations diverge, and some cannot be trained at all.
 *
 * CHAOS_STEP_LOG: file with a line for each epoch that was begun, `<training's folder> <epoch>`.
 */
import { createHash } from 'node:crypto';
import { appendFileSync } from 'node:fs';
import { basename } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { hyperparametersAt } from '../../../dist/objectives/text-classifier/segments.js';
import { readEpochCheckpoint, writeEpochCheckpoint } from '../../../dist/objectives/text-classifier/tensorflow/epoch-checkpoint.js';

let current = null;
const send = (message) => new Promise((sent) => process.send(message, sent));
process.on('disconnect', () => process.exit(0));
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => undefined);
process.on('message', (message) => {
  if (message.type === 'train') {
    void begin(message);
    return;
  }
  if (message.training !== current?.request.training) return;
  if (message.type === 'stop') {
    const isAtOnce = ['terminate', 'abandon'].includes(message.reason);
    current.stop = isAtOnce ? 'now' : 'after-step';
    if (isAtOnce) current.interrupt.abort();
  }
  current.answer?.();
});
await send({ type: 'ready', libraries: { tensorflow: '0.0.0-fast' } });

async function begin(request) {
  const mine = { request, stop: null, answer: null, interrupt: new AbortController() };
  current = mine;
  const { training } = request;
  const end = await train(mine).catch((error) => ({ type: 'failed', message: error.message }));
  if (current === mine) current = null;
  await send({ ...end, training });
}

/** @returns the last message of a training */
async function train(mine) {
  const { request } = mine;
  const { training } = request;
  const { hyperparameters, earlier, modelSeed, trainSize } = request.job;
  const identity = { hyperparameters, earlier, modelSeed, datasetDigest: 'no texts at all', trainSize };
  if (share(modelSeed, 'refused') < 0.04) return { type: 'failed', message: 'this configuration cannot be trained' };
  const resumed = await resume(request, identity);
  let { weights } = resumed;
  let [epoch, diverged] = [resumed.epoch, false];
  await send({ type: 'started', training, step: epoch, ...(resumed.passedOver.length > 0 && { passedOver: resumed.passedOver }) });
  while (epoch < hyperparameters.epochs && !diverged) {
    epoch += 1;
    if (!(await work(mine, epoch))) return { type: 'stopped', step: epoch - 1 };
    weights = hash(weights, epoch, ...changedValues(request.job, epoch));
    diverged = epoch > 1 && share(modelSeed, 'diverges') < 0.06;
    const saved = diverged ? { checkpoint: null } : await save(request, identity, epoch, weights);
    await ask(mine, {
      type: 'measured',
      training,
      step: epoch,
      values: valuesOf({ ...hyperparametersAt(request.job, epoch), epoch }, weights, diverged),
      diverged,
      ...saved,
    });
    if (mine.stop !== null) return { type: 'stopped', step: diverged ? epoch - 1 : epoch };
  }
  if (request.evaluate) {
    await ask(mine, {
      type: 'evaluated',
      training,
      step: epoch,
      evaluation: evaluationOf({ ...hyperparameters, epoch }, weights, diverged),
    });
    if (mine.stop !== null) return { type: 'stopped', step: diverged ? epoch - 1 : epoch };
  }
  return { type: 'finished', steps: epoch, diverged };
}

/** Learning rate and dropout of an epoch after the first segment; none before, where the training is a plain one. */
function changedValues(job, epoch) {
  if (epoch <= (job.earlier[0]?.epochs ?? epoch)) return [];
  const { learningRate, dropout } = hyperparametersAt(job, epoch);
  return [learningRate, dropout];
}

/** Waits for the time of an epoch. @returns false if it was abandoned */
async function work({ request, interrupt, stop }, epoch) {
  if (stop === 'now') return false;
  const { CHAOS_STEP_LOG: log, CHAOS_STEP_MS: meanMs = '120' } = process.env;
  if (log) appendFileSync(log, `${basename(request.checkpointFolder)} ${epoch}\n`);
  const ms = Number(meanMs) * (0.5 + share(request.job.modelSeed, 'time', epoch));
  return delay(ms, true, { signal: interrupt.signal }).catch(() => false);
}

/** Sends a message and waits for the answer. A stop that arrived before counts as one. */
async function ask(mine, message) {
  const answered = new Promise((answer) => {
    mine.answer = answer;
  });
  await send({ ...message, rssBytes: process.memoryUsage.rss() });
  if (mine.stop === null) await answered;
}

/** Finds the best complete checkpoint, or the start. */
async function resume({ resumeFrom, job: { hyperparameters, modelSeed } }, identity) {
  const passedOver = [];
  for (const written of resumeFrom) {
    if (written.step > hyperparameters.epochs) continue;
    const read = await readEpochCheckpoint({ ...written, epoch: written.step }, identity);
    if (read.epoch !== null) return { epoch: read.epoch, weights: weightsFrom(read.state), passedOver };
    passedOver.push({ step: written.step, reason: read.reason });
  }
  return { epoch: 0, weights: hash(modelSeed), passedOver };
}

/** Saves a checkpoint. A full disk loses the checkpoint but does not end the training. */
async function save({ checkpointFolder }, identity, epoch, weights) {
  const values = Float32Array.from(Buffer.from(weights, 'hex'));
  const state = { optimizerSteps: epoch, tensors: [{ name: 'weights', shape: [values.length], values }] };
  try {
    const { epoch: step, ...file } = await writeEpochCheckpoint(checkpointFolder, identity, epoch, state);
    return { checkpoint: { step, ...file } };
  } catch (error) {
    return { checkpoint: null, checkpointError: error.message };
  }
}

function weightsFrom({ tensors: [{ values }] }) {
  return Buffer.from(values).toString('hex');
}

function hash(...parts) {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}

/** Hashes parts to a number from 0 to 1. */
function share(...parts) {
  return Number.parseInt(hash(...parts).slice(0, 12), 16) / 2 ** 48;
}

/** Computes the value: best at a learning rate of 0.01 and 40 units, after 6 epochs. A small part is noise that depends on the weights. */
function quality({ learningRate, hiddenUnits, epoch }, weights) {
  const distance = Math.log10(learningRate / 0.01) ** 2 + ((hiddenUnits - 40) / 40) ** 2 + ((epoch - 6) / 8) ** 2;
  return 0.95 * Math.exp(-distance / 2) + 0.05 * share(weights);
}

function valuesOf(place, weights, diverged) {
  if (diverged) return { loss: null, accuracy: 0.5, aucPr: 0.5, trainLoss: null };
  const value = quality(place, weights);
  return { loss: 1 - value, accuracy: value, aucPr: value, trainLoss: 1 - value };
}

function evaluationOf(place, weights, diverged) {
  const value = diverged ? 0.5 : quality(place, hash(weights, 'test'));
  const parts = diverged ? 0 : value;
  return {
    rows: 10,
    positives: 5,
    loss: diverged ? null : 1 - value,
    accuracy: value,
    aucPr: value,
    aucPrTrapezoid: value,
    aucRoc: value,
    precision: parts,
    recall: parts,
    f1: parts,
    confusion: { truePositives: 0, falsePositives: 0, trueNegatives: 5, falseNegatives: 5 },
    curve: [{ threshold: 0.5, precision: value, recall: value }],
  };
}
