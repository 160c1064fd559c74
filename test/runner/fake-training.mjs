/**
 * Trainings of fake trainers, which speak src/objectives/trainer-protocol.ts and do what `behaviour.json` in the dataset's folder says:
 * `{ kind, step, then }`, read when a training begins; `then`, if any, is the kind from the next training on. Kinds: `train`; at that step `crash`, `grow` past the memory limit,
 * be `silent`, `fail`, `diverge`, find the disk `full` (no checkpoint of that step), `hold` (show progress until `release` lies in the folder), or `vanish` right after
 * reporting it; at its evaluation on the test split `hold-test`, `crash-test` or `nonsense-test`. Every request, stop,
 * trained step and evaluation is appended to `log.jsonl` there.
 *
 * What they call weights is a hash over the seed and every step so far, read back from a checkpoint: a training that was
 * continued from the wrong place measures something else.
 */
import { createHash } from 'node:crypto';
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

let current = null;
/** The words of the objective; see `serve`. */
let words = null;
const send = (message) => new Promise((resolve) => process.send(message, resolve));

/**
 * Serves the runner that started this process.
 *
 * @param objective its words: `read` returns the folder, the steps and the seed of a job, and `changedAt`, a function that says in words what
 * changed before a step, if anything may; `values` and `evaluation` turn a number from
 * 0 to 1 into what a step and the test split bring, null standing for a training that diverged
 */
export async function serve(objective) {
  words = objective;
  process.on('disconnect', () => process.exit(1));
  process.on('message', receive);
  await send({ type: 'ready', libraries: { tensorflow: '0.0.0-fake' } });
}

function receive(message) {
  if (message.type === 'train') {
    current = { request: message, ...words.read(message.job), stop: null, answer: null };
    void train(current);
    return;
  }
  if (message.training !== current?.request.training) return;
  if (message.type === 'stop') {
    log(current, { stop: message.reason });
    current.stop = ['terminate', 'abandon'].includes(message.reason) ? 'now' : 'after-step';
  }
  current.answer?.();
}

function log({ folder }, facts) {
  appendFileSync(join(folder, 'log.jsonl'), `${JSON.stringify({ pid: process.pid, ...facts })}\n`);
}

async function train(mine) {
  const { request, folder, steps, seed } = mine;
  const { training, evaluate: evaluateOnTest } = request;
  const behaviour = takeBehaviour(join(folder, 'behaviour.json'));
  log(mine, { train: training, resumeFrom: request.resumeFrom });
  const resumed = resume(request, seed);
  let { weights } = resumed;
  await send({ type: 'started', training, step: resumed.step, passedOver: resumed.passedOver });
  let last = { step: resumed.step, diverged: false };
  for (let step = resumed.step + 1; step <= steps && !last.diverged; step += 1) {
    const kind = behaviour.step === step ? behaviour.kind : 'train';
    if (!(await misbehave(kind, mine, step))) return;
    if (mine.stop === 'now') return end(mine, { type: 'stopped', training, step: step - 1 });
    weights = hash(`${weights} ${step}${mine.changedAt?.(step) ?? ''}`);
    log(mine, { trained: step });
    last = { step, diverged: kind === 'diverge' };
    const measured = { values: words.values(last.diverged ? null : quality(weights)), diverged: last.diverged };
    const saved = savedAfter(kind, request, step, weights);
    const answered = answerTo(mine);
    await send({ type: 'measured', training, step, ...measured, ...saved, rssBytes: 1e6 });
    if (kind === 'vanish') process.exit(3);
    if (mine.stop === null) await answered;
    if (mine.stop !== null) return end(mine, { type: 'stopped', training, step });
  }
  if (evaluateOnTest && !(await evaluate(mine, behaviour.kind, weights, last))) return;
  return end(mine, { type: 'finished', training, steps: last.step, diverged: last.diverged });
}

function takeBehaviour(file) {
  const { kind, step, then } = JSON.parse(readFileSync(file, 'utf8'));
  if (then) writeFileSync(file, JSON.stringify({ kind: then, step }));
  return { kind, step };
}

/** @returns whether it was evaluated */
async function evaluate(mine, kind, weights, { step, diverged }) {
  const { training } = mine.request;
  if (kind === 'crash-test') return misbehave('crash', mine, step);
  if (kind === 'hold-test') await misbehave('hold', mine, step);
  if (mine.stop !== null) {
    await end(mine, { type: 'stopped', training, step });
    return false;
  }
  log(mine, { evaluated: step });
  const answered = answerTo(mine);
  const evaluation = kind === 'nonsense-test' ? { nonsense: true } : words.evaluation(diverged ? null : quality(hash(`${weights} test`)));
  await send({ type: 'evaluated', training, step, evaluation, rssBytes: 1e6 });
  await answered;
  return true;
}

function answerTo(mine) {
  return new Promise((resolve) => {
    mine.answer = resolve;
  });
}

/** The best checkpoint that is there and whole, or the beginning. */
function resume({ resumeFrom }, seed) {
  const passedOver = [];
  for (const { step, file, sha256 } of resumeFrom) {
    const weights = existsSync(file) ? readFileSync(file, 'utf8') : null;
    if (weights !== null && hash(weights) === sha256) return { step, weights, passedOver };
    passedOver.push({ step, reason: weights === null ? 'it is missing' : 'its bytes are not those that were written' });
  }
  return { step: 0, weights: hash(seed), passedOver };
}

/** @returns whether the training goes on */
async function misbehave(kind, mine, step) {
  const { training } = mine.request;
  const progress = { type: 'progress', training, step, done: 1, total: 2, rssBytes: 1e6 };
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
  while (kind === 'hold' && mine.stop !== 'now' && !existsSync(join(mine.folder, 'release'))) {
    await send(progress);
    await delay(10);
  }
  return true;
}

function end(mine, message) {
  if (current === mine) current = null;
  return send(message);
}

function hash(text) {
  return createHash('sha256').update(text).digest('hex');
}

/** A number from 0 to 1 that only these weights have. */
function quality(weights) {
  return Number.parseInt(weights.slice(0, 12), 16) / 2 ** 48;
}

function savedAfter(kind, request, step, weights) {
  if (kind === 'diverge') return { checkpoint: null };
  if (kind === 'full') return { checkpoint: null, checkpointError: 'ENOSPC: no space left on device, write' };
  return { checkpoint: checkpoint(request, step, weights) };
}

function checkpoint({ checkpointFolder }, step, weights) {
  const file = join(checkpointFolder, `${step}.ckpt`);
  writeFileSync(file, weights);
  return { step, file, bytes: weights.length, sha256: hash(weights) };
}
