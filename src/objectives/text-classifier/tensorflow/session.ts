import type { StopReason } from '../../stop-reason.ts';
import type { EvaluationDone, RunnerMessage, StepDone, TrainerMessage, TrainRequest } from '../../trainer-protocol.ts';
import { openDataset } from '../datasets/dataset.ts';
import type { TestEvaluation } from '../test-evaluation.ts';
import { trainJobSchema } from '../train-job.ts';
import type { TensorFlow } from './load.ts';
import { type EpochReport, runTraining, type TrainingObserver, type UnusableCheckpoint } from './training-loop.ts';

/** Shortest time between two progress messages. */
const progressMs = 1000;

type Send = (message: TrainerMessage) => void;

/** The trainer's side of the protocol: one training at a time. Stale messages are ignored. */
export interface TrainerSession {
  receive(message: RunnerMessage): void;
}

/** Creates a session. @param send posts a message to the runner */
export function trainerSession(tf: TensorFlow, send: Send): TrainerSession {
  let current: CurrentTraining | null = null;
  const begin = async (request: TrainRequest): Promise<void> => {
    const training = new CurrentTraining(request.training, send);
    current = training;
    const message = await trainOne(tf, request, training);
    current = null;
    send(message);
  };
  return {
    receive(message) {
      if (message.type !== 'train') {
        if (current?.id === message.training) current.order(message);
      } else if (current === null) {
        void begin(message);
      } else {
        send({ type: 'failed', training: message.training, message: `this trainer is busy with training ${current.id}` });
      }
    },
  };
}

async function trainOne(tf: TensorFlow, request: TrainRequest, observer: CurrentTraining): Promise<TrainerMessage> {
  const { training, checkpointFolder } = request;
  try {
    const { datasetFolder, ...job } = trainJobSchema.parse(request.job);
    const resumeFrom = request.resumeFrom.map(({ step, ...file }) => ({ ...file, epoch: step }));
    const plan = { ...job, dataset: openDataset(datasetFolder), checkpointFolder, resumeFrom, evaluateOnTest: request.evaluate };
    const outcome = await runTraining(tf, plan, observer);
    if (outcome.kind === 'stopped') return { type: 'stopped', training, step: outcome.epoch };
    return { type: 'finished', training, steps: outcome.epochs, diverged: outcome.diverged };
  } catch (error) {
    return { type: 'failed', training, message: error instanceof Error ? error.message : String(error) };
  }
}

/** The running training: forwards its reports to the runner and keeps the runner's orders. */
class CurrentTraining implements TrainingObserver {
  readonly id: string;
  readonly #send: Send;
  #stop: StopReason | null = null;
  #answer: ((answer: 'continue' | 'stop') => void) | null = null;
  #lastProgressMs = 0;

  constructor(id: string, send: Send) {
    this.id = id;
    this.#send = send;
  }

  order(message: Exclude<RunnerMessage, TrainRequest>): void {
    if (message.type === 'stop') this.#stop = message.reason;
    this.#answer?.(message.type);
    this.#answer = null;
  }

  started(epoch: number, passedOver: readonly UnusableCheckpoint[]): void {
    const unusable = passedOver.map(({ epoch: step, reason }) => ({ step, reason }));
    this.#send({ type: 'started', training: this.id, step: epoch, ...(unusable.length > 0 && { passedOver: unusable }) });
  }

  stepped(epoch: number, done: number, total: number): void {
    const nowMs = performance.now();
    if (nowMs - this.#lastProgressMs < progressMs) return;
    this.#lastProgressMs = nowMs;
    this.#send({ type: 'progress', training: this.id, step: epoch, done, total, rssBytes: process.memoryUsage.rss() });
  }

  epochDone(report: EpochReport): Promise<'continue' | 'stop'> {
    const { epoch, metrics, checkpoint, ...rest } = report;
    const saved = checkpoint && { step: epoch, file: checkpoint.file, bytes: checkpoint.bytes, sha256: checkpoint.sha256 };
    const measured = { step: epoch, values: metrics, checkpoint: saved, ...rest };
    return this.#ask({ type: 'measured', training: this.id, ...measured, rssBytes: process.memoryUsage.rss() });
  }

  evaluated(epoch: number, evaluation: TestEvaluation): Promise<'continue' | 'stop'> {
    return this.#ask({ type: 'evaluated', training: this.id, step: epoch, evaluation, rssBytes: process.memoryUsage.rss() });
  }

  stopOrder(): StopReason | null {
    return this.#stop;
  }

  #ask(message: StepDone | EvaluationDone): Promise<'continue' | 'stop'> {
    const answered = new Promise<'continue' | 'stop'>((resolve) => {
      this.#answer = resolve;
    });
    this.#send(message);
    // An order to stop that arrived during the epoch or the measurement counts as the answer.
    if (this.#stop !== null) return Promise.resolve('stop');
    return answered;
  }
}
