/**
 * A trainer that speaks src/training/protocol.ts and does what `behaviour.json` in the dataset's folder says:
 * `{ kind, epoch }`, read when a training begins. Kinds: `train`; at that epoch `crash`, `grow` past the memory limit,
 * be `silent`, `fail`, `hold` (show progress until `release` lies in the folder), or `vanish` right after reporting it.
 * Every request and stop is appended to `log.jsonl` there.
 */
import { createHash } from 'node:crypto';
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

let current = null;
const send = (message) => new Promise((resolve) => process.send(message, resolve));
process.on('disconnect', () => process.exit(1));
process.on('message', (message) => {
  if (message.type === 'train') {
    current = { request: message, stop: null, answer: null };
    void train(current);
    return;
  }
  if (message.training !== current?.request.training) return;
  if (message.type === 'stop') {
    log(current.request, { stop: message.now ? 'now' : 'after-epoch' });
    current.stop = message.now ? 'now' : 'after-epoch';
  }
  current.answer?.();
});
await send({ type: 'ready', tensorflowVersion: '0.0.0-fake' });

function log({ datasetFolder }, facts) {
  appendFileSync(join(datasetFolder, 'log.jsonl'), `${JSON.stringify({ pid: process.pid, ...facts })}\n`);
}

async function train(mine) {
  const { request } = mine;
  const { training, hyperparameters, resumeFrom, datasetFolder } = request;
  const behaviour = JSON.parse(readFileSync(join(datasetFolder, 'behaviour.json'), 'utf8'));
  log(request, { train: training, resumeFrom });
  const first = resumeFrom.find(({ file }) => existsSync(file))?.epoch ?? 0;
  await send({ type: 'started', training, epoch: first });
  for (let epoch = first + 1; epoch <= hyperparameters.epochs; epoch += 1) {
    const kind = behaviour.epoch === epoch ? behaviour.kind : 'train';
    if (!(await misbehave(kind, mine, epoch))) return;
    if (mine.stop === 'now') return end(mine, { type: 'stopped', training, epoch: epoch - 1 });
    const answered = new Promise((resolve) => {
      mine.answer = resolve;
    });
    await send({
      type: 'epoch',
      training,
      epoch,
      metrics: metrics(hyperparameters),
      diverged: false,
      checkpoint: checkpoint(request, epoch),
      rssBytes: 1e6,
    });
    if (kind === 'vanish') process.exit(3);
    if (mine.stop === null) await answered;
    if (mine.stop !== null) return end(mine, { type: 'stopped', training, epoch });
  }
  return end(mine, { type: 'finished', training, epochs: hyperparameters.epochs, diverged: false });
}

/** @returns whether the training goes on */
async function misbehave(kind, mine, epoch) {
  const { training, datasetFolder } = mine.request;
  const progress = { type: 'progress', training, epoch, step: 1, steps: 2, rssBytes: 1e6 };
  if (kind === 'silent') return false;
  if (kind === 'crash') {
    process.stderr.write('something broke\n', () => process.exit(7));
    return false;
  }
  if (kind === 'fail') {
    end(mine, { type: 'failed', training, message: 'the texts are broken' });
    return false;
  }
  if (kind === 'grow') {
    await send({ ...progress, rssBytes: 1e12 });
    return false;
  }
  while (kind === 'hold' && mine.stop !== 'now' && !existsSync(join(datasetFolder, 'release'))) {
    await send(progress);
    await delay(10);
  }
  return true;
}

function end(mine, message) {
  if (current === mine) current = null;
  return send(message);
}

function metrics({ learningRate, hiddenUnits }) {
  const value = 1 / (1 + learningRate + hiddenUnits);
  return { loss: value, accuracy: value, aucPr: value, trainLoss: value };
}

function checkpoint({ checkpointFolder }, epoch) {
  const file = join(checkpointFolder, `${epoch}.ckpt`);
  const text = `epoch ${epoch}`;
  writeFileSync(file, text);
  return { epoch, file, bytes: text.length, sha256: createHash('sha256').update(text).digest('hex') };
}
