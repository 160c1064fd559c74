import type { TrainerEvaluator } from '../../objectives/evaluator.ts';
import type { StopReason } from '../../objectives/stop-reason.ts';
import type { TrainRequest } from '../../objectives/trainer-protocol.ts';
import type { ClaimedTrial } from '../../studies/ports/queue.ts';
import { AttemptLimits } from '../attempt-limits.ts';
import { AwakeTime } from '../awake-time.ts';
import type { EvaluationControl, EvaluationEnd, RunningEvaluation } from '../evaluation-control.ts';
import type { RunnerSettings, RunnerWorld } from '../ports.ts';
import { Storing } from '../storing.ts';
import { type DataPreparations, DataUnavailableError } from './data-preparation.ts';
import { residentBytes } from './memory.ts';
import { TrainerConversation } from './trainer-conversation.ts';
import type { Trainer } from './trainer-process.ts';
import { TrainingEnd } from './training-end.ts';
import { planTraining, preparationFor, requestFor } from './training-plan.ts';
import { TrainingRecords } from './training-records.ts';

/** Interval between two looks at a trainer's memory and its time from outside. */
const watchMs = 500;

/** Dependencies of one training. */
export interface TrainingTools {
  readonly world: RunnerWorld;
  readonly settings: RunnerSettings;
  readonly preparations: DataPreparations;
  readonly evaluator: TrainerEvaluator;
  readonly trainer: Trainer;
}

/**
 * Starts training a claimed trial; `end` settles once, and rejects only for faults of the database. While the database is unreachable
 * the trainer continues to the end of its step, and waits there until its work is stored (see `Patience`).
 */
export function trainTrial(
  tools: TrainingTools,
  trial: ClaimedTrial,
): RunningEvaluation & {
  /** The most resident memory of the trainer that was seen. */
  readonly peakRssBytes: () => number;
} {
  const session = new TrainingSession(tools, trial);
  return { control: session, end: session.run(), peakRssBytes: () => session.peakRssBytes() };
}

/** One training from claim to end: state over time, so a class. */
class TrainingSession implements EvaluationControl {
  readonly #tools: TrainingTools;
  readonly #trial: ClaimedTrial;
  readonly #time = new AwakeTime();
  #lastSignMs = this.#time.nowMs();
  readonly #end = new TrainingEnd();
  readonly #storing = new Storing({ onStored: () => this.#signOfLife(), onFault: (error) => this.#end.abort(error) });
  readonly #limits: AttemptLimits;
  /** null until the trainer has its request: before, a stop waits for no answer of the trainer. */
  #conversation: TrainerConversation | null = null;

  constructor(tools: TrainingTools, trial: ClaimedTrial) {
    this.#tools = tools;
    this.#trial = trial;
    const limits = { memoryMb: tools.settings.trainerMemoryMb, seconds: trial.timeoutSeconds };
    this.#limits = new AttemptLimits(limits, this.#storing, this.#time);
  }

  /** While something is being stored the trainer waits for this runner: its silence is not its fault. */
  silentMs(): number {
    return this.#storing.busy() ? 0 : this.#time.nowMs() - this.#lastSignMs;
  }

  peakRssBytes(): number {
    return this.#limits.peakRssBytes();
  }

  /** A trainer that has its request stops by itself; before, a write that is under way may complete the trial. */
  stop(reason: StopReason): void {
    if (!this.#end.stop(reason)) return;
    if (this.#conversation) this.#conversation.answer();
    else this.#storing.afterwards(() => this.#end.finishStopped());
  }

  stall(seconds: number): void {
    this.#end.fail('stalled', `the trainer reported no step for ${seconds} s and was ended`);
    this.#tools.trainer.kill();
  }

  async run(): Promise<EvaluationEnd> {
    this.#begin().catch((error: unknown) => {
      const code = this.#tools.evaluator.preparation?.unavailable;
      if (error instanceof DataUnavailableError && code !== undefined) this.#end.fail(code, error.message);
      else this.#end.abort(error);
    });
    // A single step can take more memory than the trainer lives to report, so the system is asked as well.
    const watch = setInterval(() => {
      this.#time.look();
      void residentBytes(this.#tools.trainer.pid).then((bytes) => this.#look(bytes));
    }, watchMs);
    try {
      return await this.#end.promise;
    } finally {
      clearInterval(watch);
      this.#conversation?.close();
      await this.#discardScratch();
    }
  }

  /**
   * Completes the trial if all its steps are known. Otherwise it sends the request, unless the training was stopped while its data
   * was prepared.
   */
  async #begin(): Promise<void> {
    const { world, evaluator } = this.#tools;
    const plan = await planTraining(this.#tools, this.#trial, () => this.#signOfLife());
    const records = new TrainingRecords(world, this.#trial, evaluator, plan);
    this.#signOfLife();
    if (this.#isStopped()) return;
    const known = await this.#storing.store(async () => {
      const begun = await world.continuation.begin(this.#trial, plan);
      if (begun?.stopped) this.#end.settle(begun.stopped);
      return begun;
    });
    if (known?.stopped) return this.#end.finishStopped();
    if (this.#isStopped()) return;
    if (known === null) return this.#end.finish({ kind: 'abandoned' });
    const isComplete = known.diverged || known.steps === plan.steps;
    if (isComplete && !plan.request.evaluate) {
      await this.#storing.store(async () => this.#end.settle(await world.continuation.complete(this.#trial, known.steps)));
      return this.#end.finishStopped();
    }
    const request = await requestFor(world.artifacts, plan, known);
    if (!this.#isStopped()) this.#converse(records, request);
  }

  #isStopped(): boolean {
    return this.#end.stopReason() !== null || this.#end.isOver();
  }

  #converse(records: TrainingRecords, request: TrainRequest): void {
    const { trainer } = this.#tools;
    if (!trainer.alive()) {
      this.#end.finish({ kind: 'released' }); // It died before it had the trial: not the trial's fault.
      return;
    }
    this.#limits.start();
    const listener = {
      signOfLife: () => this.#signOfLife(),
      memory: (rssBytes: number) => this.#look(rssBytes),
      failed: () => this.#forgetData(),
    };
    this.#conversation = new TrainerConversation({ trainer, records, storing: this.#storing, end: this.#end, listener }, request);
  }

  /** Removes the files that the attempt left in its scratch folder. A later look of some runner removes what this cannot. */
  async #discardScratch(): Promise<void> {
    const { artifacts, log } = this.#tools.world;
    const notRemoved = (error: unknown) =>
      log.warn({ err: error, trial: this.#trial.trialId }, 'a scratch folder could not be removed yet');
    await artifacts.discardScratch(this.#trial.token).catch(notRemoved);
  }

  /** Broken files of the data may be the cause of a failure: the next attempt checks them again. */
  #forgetData(): void {
    const preparation = preparationFor(this.#tools, this.#trial);
    if (preparation) this.#tools.preparations.forget(preparation);
  }

  /**
   * Checks the trainer's memory (null: unknown) and its time. A trainer over a limit is killed; a step that it finished before is
   * kept, and may have completed the trial: the slot replaces a trainer that grew too large.
   */
  #look(rssBytes: number | null): void {
    if (this.#end.isOver()) return;
    const error = this.#limits.exceeded(rssBytes);
    if (error === null || this.#storing.busy() || this.#end.settled()) return;
    this.#end.fail(error.code, error.message);
    this.#tools.trainer.kill();
  }

  #signOfLife(): void {
    this.#lastSignMs = this.#time.nowMs();
  }
}
