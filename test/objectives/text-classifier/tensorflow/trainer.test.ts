import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunnerMessage, TrainerMessage, TrainRequest } from '../../../../src/objectives/trainer-protocol.ts';
import { builtFile } from '../../../support/built.ts';
import { tinyHyperparameters } from './synthetic-dataset.ts';
import { buildTinyDataset } from './tiny-dataset.ts';

const trainer = builtFile('objectives/text-classifier/tensorflow/trainer.ts');
let folder = '';
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'clavier-test-'));
  await buildTinyDataset(join(folder, 'dataset'));
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

const tinyJob = { trainSize: null, hyperparameters: tinyHyperparameters, earlier: [], modelSeed: 'seed' };

function request(training: string, epochs = 2): TrainRequest {
  return {
    type: 'train',
    training,
    job: { ...tinyJob, datasetFolder: join(folder, 'dataset'), hyperparameters: { ...tinyHyperparameters, epochs } },
    checkpointFolder: join(folder, `checkpoints-${training}`),
    resumeFrom: [],
    evaluate: false,
  };
}

/** A trainer process and what it says, in order. */
class TrainerProcess implements AsyncDisposable {
  readonly child: ChildProcess;
  readonly #said: TrainerMessage[] = [];
  #wake: (() => void) | null = null;
  #complaints = '';
  /** Set once it has ended and its channel is read to the end. */
  #end: string | null = null;

  constructor(options: { execArgv?: string[] } = {}) {
    this.child = fork(trainer, { stdio: ['ignore', 'ignore', 'pipe', 'ipc'], ...options });
    this.child.on('message', (message: TrainerMessage) => {
      if (message.type !== 'progress') this.#said.push(message);
      this.#wake?.();
    });
    this.child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#complaints += text;
    });
    const closed = once(this.child, 'close');
    const disconnected = once(this.child, 'disconnect');
    void Promise.all([closed, disconnected]).then(([[code, signal]]) => {
      this.#end = `the trainer ended with ${signal === null ? `exit code ${code}` : signal}`;
      this.#wake?.();
    });
  }

  send(message: RunnerMessage): void {
    this.child.send(message);
  }

  /** @throws Error with what it wrote, where it has ended and says nothing more */
  async next(): Promise<TrainerMessage> {
    while (this.#said.length === 0) {
      if (this.#end !== null) throw new Error(`${this.#end}:\n${this.#complaints}`);
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    return this.#said.shift() as TrainerMessage;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const ended = once(this.child, 'exit');
    this.child.kill('SIGKILL');
    await ended;
  }
}

describe('a trainer process', () => {
  it('trains one request after another, waits for the answer to every epoch, and refuses a second at once', async () => {
    await using process = new TrainerProcess();
    expect(await process.next()).toMatchObject({ type: 'ready', libraries: { tensorflow: expect.stringMatching(/^2\./) } });
    for (const training of ['first', 'second']) {
      process.send(request(training));
      expect(await process.next()).toEqual({ type: 'started', training, step: 0 });
      expect(await process.next()).toMatchObject({ type: 'measured', training, step: 1, diverged: false });
      process.send(request('intruder'));
      expect(await process.next()).toMatchObject({ type: 'failed', training: 'intruder' });
      process.send({ type: 'continue', training: 'of long ago' });
      process.send({ type: 'continue', training });
      expect(await process.next()).toMatchObject({ type: 'measured', training, step: 2 });
      process.send({ type: 'continue', training });
      expect(await process.next()).toEqual({ type: 'finished', training, steps: 2, diverged: false });
    }
  });

  it('stops as told, and takes the next training after a failure', async () => {
    await using process = new TrainerProcess();
    await process.next();
    process.send({ ...request('lost'), job: { ...tinyJob, datasetFolder: join(folder, 'nowhere') } });
    expect(await process.next()).toMatchObject({ type: 'failed', training: 'lost', message: expect.stringContaining('nowhere') });
    process.send(request('stopped'));
    await process.next();
    expect(await process.next()).toMatchObject({ type: 'measured', step: 1 });
    process.send({ type: 'stop', training: 'stopped', reason: 'drain' });
    expect(await process.next()).toEqual({ type: 'stopped', training: 'stopped', step: 1 });
  });

  it('takes a stop that comes while an epoch runs as the answer to that epoch', async () => {
    await using process = new TrainerProcess();
    await process.next();
    process.send(request('drained', 1000));
    process.send({ type: 'stop', training: 'drained', reason: 'drain' });
    expect(await process.next()).toMatchObject({ type: 'started' });
    expect(await process.next()).toMatchObject({ type: 'measured', step: 1, checkpoint: { step: 1 } });
    expect(await process.next()).toEqual({ type: 'stopped', training: 'drained', step: 1 });
  });

  it('measures on the test split where asked to, and waits for the answer to that too', async () => {
    await using process = new TrainerProcess();
    await process.next();
    process.send({ ...request('measured', 1), evaluate: true });
    await process.next();
    const epoch = await process.next();
    if (epoch.type !== 'measured' || epoch.checkpoint === null) throw new Error('the epoch left no checkpoint');
    process.send({ type: 'continue', training: 'measured' });
    const evaluated = await process.next();
    expect(evaluated).toMatchObject({ type: 'evaluated', training: 'measured', step: 1, evaluation: { rows: 10, positives: 5 } });
    process.send(request('intruder'));
    expect(await process.next()).toMatchObject({ type: 'failed', training: 'intruder' });
    process.send({ type: 'continue', training: 'measured' });
    expect(await process.next()).toEqual({ type: 'finished', training: 'measured', steps: 1, diverged: false });
    // Another trainer, with nothing left to train, says the same over its channel.
    await using other = new TrainerProcess();
    await other.next();
    other.send({ ...request('measured', 1), evaluate: true, resumeFrom: [epoch.checkpoint] });
    expect(await other.next()).toEqual({ type: 'started', training: 'measured', step: 1 });
    expect(await other.next()).toEqual({ ...evaluated, rssBytes: expect.any(Number) });
    other.send({ type: 'stop', training: 'measured', reason: 'abandon' });
    expect(await other.next()).toEqual({ type: 'stopped', training: 'measured', step: 1 });
  });

  it('takes a stop that came while it measured as the answer', async () => {
    await using process = new TrainerProcess();
    await process.next();
    process.send(request('first', 1));
    await process.next();
    const epoch = await process.next();
    if (epoch.type !== 'measured' || epoch.checkpoint === null) throw new Error('the epoch left no checkpoint');
    process.send({ type: 'continue', training: 'first' });
    await process.next();
    process.send({ ...request('drained', 1), evaluate: true, resumeFrom: [epoch.checkpoint] });
    process.send({ type: 'stop', training: 'drained', reason: 'drain' });
    expect(await process.next()).toMatchObject({ type: 'started', step: 1 });
    expect(await process.next()).toMatchObject({ type: 'evaluated', step: 1 });
    expect(await process.next()).toEqual({ type: 'stopped', training: 'drained', step: 1 });
  });

  it('ends itself when its channel closes, in the middle of a training too', async () => {
    await using process = new TrainerProcess();
    await process.next();
    process.send(request('orphaned', 1000));
    await process.next();
    process.child.disconnect();
    expect(await once(process.child, 'exit')).toEqual([0, null]);
  });

  it('ends itself when the process that started it is killed', async () => {
    const script = join(folder, 'parent.mjs');
    writeFileSync(
      script,
      `import { fork } from 'node:child_process';
       const child = fork(${JSON.stringify(trainer)}, { stdio: ['ignore', 'inherit', 'ignore', 'ipc'] });
       child.on('message', (message) => {
         if (message.type === 'ready') child.send(${JSON.stringify(request('orphan', 1000))});
         if (message.type === 'started') process.stdout.write('started');
       });`,
    );
    const parent = spawn(process.execPath, [script], { stdio: ['ignore', 'pipe', 'ignore'] });
    await once(parent.stdout, 'data');
    parent.kill('SIGKILL');
    // The trainer holds the other end of this pipe too: it closes when both are dead.
    await expect(once(parent.stdout, 'close')).resolves.toBeDefined();
  });

  it('without TensorFlow says what is missing and how to get it, and exits with code 0', async () => {
    const broken = join(folder, 'no-tensorflow.cjs');
    writeFileSync(
      broken,
      `const Module = require('node:module');
       const load = Module._load;
       Module._load = (name, ...rest) => {
         if (name === '@tensorflow/tfjs-node') throw new Error('no such add-on');
         return load(name, ...rest);
       };`,
    );
    await using process = new TrainerProcess({ execArgv: ['--require', broken] });
    const ended = once(process.child, 'exit');
    expect(await process.next()).toMatchObject({ type: 'unavailable', message: expect.stringMatching(/no such add-on.*npm run setup/) });
    expect(await ended).toEqual([0, null]);
  });
});
