import type { EvaluationDone, StepDone, TrainerMessage, TrainingStarted, TrainRequest } from '../../objectives/trainer-protocol.ts';
import type { Directive, Settlement } from '../../studies/ports/queue.ts';
import type { Storing } from '../storing.ts';
import type { Trainer } from './trainer-process.ts';
import type { TrainingEnd } from './training-end.ts';
import { type TrainingRecords, UnacceptableEvaluationError } from './training-records.ts';

/** Dependencies of a conversation. */
interface ConversationTools {
  readonly trainer: Trainer;
  readonly records: TrainingRecords;
  readonly storing: Storing;
  readonly end: TrainingEnd;
  readonly listener: ConversationListener;
}

/** Called with signs of the trainer that are no part of its result. */
interface ConversationListener {
  /** A message of this training arrived. */
  signOfLife(): void;
  /** The trainer reported its resident memory. */
  memory(rssBytes: number): void;
  /** The trainer reported that the training failed. */
  failed(): void;
}

/** The messages of one training between this runner and its trainer: each report is stored, then answered. */
export class TrainerConversation {
  readonly #tools: ConversationTools;
  /** Names the training in every message. */
  readonly #training: string;

  /** Sends the request. */
  constructor(tools: ConversationTools, request: TrainRequest) {
    this.#tools = tools;
    this.#training = request.training;
    tools.trainer.listen({ message: (message) => this.#hear(message), ended: (detail) => this.#trainerEnded(detail) });
    tools.trainer.send(request);
  }

  /** Tells the trainer to continue, or to stop if there is a reason. */
  answer(): void {
    const { trainer, end } = this.#tools;
    const reason = end.stopReason();
    trainer.send(reason ? { type: 'stop', training: this.#training, reason } : { type: 'continue', training: this.#training });
  }

  /** Frees a trainer that a fault of this runner left waiting; one whose training ended ignores it. */
  close(): void {
    const { trainer } = this.#tools;
    trainer.listen(null);
    trainer.send({ type: 'stop', training: this.#training, reason: 'abandon' });
  }

  #hear(message: TrainerMessage): void {
    if (!('training' in message) || message.training !== this.#training) return;
    const { storing, end, listener } = this.#tools;
    listener.signOfLife();
    switch (message.type) {
      case 'started':
        void storing.store(() => this.#adopt(message));
        return;
      case 'measured':
        void storing.store(() => this.#step(message));
        storing.afterwards(() => listener.memory(message.rssBytes));
        return;
      case 'evaluated':
        void storing.store(() => this.#evaluated(message));
        storing.afterwards(() => listener.memory(message.rssBytes));
        return;
      case 'stopped':
        // The step before the stop may not be stored yet.
        storing.afterwards(() => end.finishStopped());
        return;
      case 'failed':
        listener.failed();
        storing.afterwards(() => end.fail('training-error', message.message));
        return;
      case 'finished':
        // A trainer that was told to stop may finish before its last report is stored.
        storing.afterwards(() => {
          const settled = end.settled();
          if (settled) end.finish(settled);
        });
        return;
      case 'progress':
        listener.memory(message.rssBytes);
        return;
    }
  }

  /** The trainer does not wait for this. */
  async #adopt(started: TrainingStarted): Promise<void> {
    const { records, end } = this.#tools;
    this.#obey(await records.adopt(started));
    if (end.stopReason()) this.answer();
  }

  async #step(message: StepDone): Promise<void> {
    const { records } = this.#tools;
    const answer = await records.step(message);
    if (typeof answer !== 'string') return this.#settle(answer, records.isLast(message));
    this.#obey(answer);
    this.answer();
  }

  async #evaluated(message: EvaluationDone): Promise<void> {
    const { records, end } = this.#tools;
    try {
      this.#settle(await records.evaluated(message));
    } catch (error) {
      if (!(error instanceof UnacceptableEvaluationError)) throw error;
      end.fail('training-error', error.message);
    }
  }

  #obey(directive: Directive): void {
    if (directive !== 'continue') this.#tools.end.stop(directive);
  }

  /** The result is stored; the training ends when the trainer says that it is free, or at once if it died. */
  #settle(settlement: Settlement, isLast = true): void {
    const { trainer, end } = this.#tools;
    const settled = end.settle(settlement);
    const training = this.#training;
    trainer.send(isLast ? { type: 'continue', training } : { type: 'stop', training, reason: 'abandon' });
    if (!trainer.alive()) end.finish(settled);
  }

  /** A report before the end may not be stored yet, and may complete the trial. */
  #trainerEnded(detail: string): void {
    const { storing, end } = this.#tools;
    storing.afterwards(() => {
      const settled = end.settled();
      if (settled) end.finish(settled);
      else end.fail('trainer-crashed', `the trainer ended in the middle: ${detail}`);
    });
  }
}
