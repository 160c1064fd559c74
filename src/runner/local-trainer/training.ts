import type { TrainerEvaluator } from '../../objectives/evaluator.ts';
import { moreUrgent, type StopReason } from '../../objectives/stop-reason.ts';
import type { EvaluationDone, StepDone, TrainerMessage, TrainingStarted } from '../../objectives/trainer-protocol.ts';
import { invariant } from '../../shared/errors.ts';
import type { TrialError } from '../../studies/model/failure.ts';
import type { ClaimedTrial, Directive, Settlement } from '../../studies/ports/queue.ts';
import { AttemptLimits } from '../attempt-limits.ts';
import { AwakeTime } from '../awake-time.ts';
import { type EvaluationControl, type EvaluationEnd, endAfter, endAfterStop, type RunningEvaluation } from '../evaluation-control.ts';
import type { RunnerSettings, RunnerWorld } from '../ports.ts';
import { Storing } from '../storing.ts';
import { type DataPreparations, DataUnavailableError } from './data-preparation.ts';
import { residentBytes } from './memory.ts';
import type { Trainer } from './trainer-process.ts';
import { planTraining, preparationFor, requestFor } from './training-plan.ts';
import { TrainingRecords, UnacceptableEvaluationError } from './training-records.ts';

/** How often a trainer's memory and its time are looked at from outside. */
const watchMs = 500;

/** What one training needs. */
export interface TrainingTools {
  readonly world: RunnerWorld;
  readonly settings: RunnerSettings;
  readonly preparations: DataPreparations;
  readonly evaluator: TrainerEvaluator;
  readonly trainer: Trainer;
}

/**
 * Starts training a claimed trial; `end` settles once and never rejects but for faults of the database. While the database is
 * away the trainer goes on to the end of its step, and waits there until its work is stored (see `Patience`).
 */
export function trainTrial(
  tools: TrainingTools,
  trial: ClaimedTrial,
): RunningEvaluation & {
  /** The most resident memory that the trainer was seen with. */
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
  #stop: StopReason | null = null;
  /** Where its reports are stored, once the data is there and it is known which training it is. */
  #records: TrainingRecords | null = null;
  /** What cannot be stored at all ends the training here; the lease runs out and another attempt continues. */
  readonly #storing = new Storing({ onStored: () => this.#signOfLife(), onFault: (error) => this.#abort(error) });
  readonly #limits: AttemptLimits;
  /** What became of the trial, once it is stored; the training ends when the trainer is free again. */
  #settled: EvaluationEnd | null = null;
  /** Whether the trainer has its request: before, a stop waits for no answer of the trainer. */
  #sent = false;
  /** Whether the end is known: the trainer may belong to another training by now. */
  #over = false;
  readonly #end: Promise<EvaluationEnd>;
  #finish: (end: EvaluationEnd) => void = () => undefined;
  #abort: (error: unknown) => void = () => undefined;

  constructor(tools: TrainingTools, trial: ClaimedTrial) {
    this.#tools = tools;
    this.#trial = trial;
    const limits = { memoryMb: tools.settings.trainerMemoryMb, seconds: trial.timeoutSeconds };
    this.#limits = new AttemptLimits(limits, this.#storing, this.#time);
    this.#end = new Promise((resolve, reject) => {
      this.#finish = resolve;
      this.#abort = reject;
    });
  }

  /** While something is being stored the trainer waits for us: its silence is not its fault. */
  silentMs(): number {
    return this.#storing.busy() ? 0 : this.#time.nowMs() - this.#lastSignMs;
  }

  peakRssBytes(): number {
    return this.#limits.peakRssBytes();
  }

  stop(reason: StopReason): void {
    const before = this.#stop;
    this.#stop = moreUrgent(before, reason);
    if (this.#stop !== before) this.#passOnStop();
  }

  stall(seconds: number): void {
    this.#fail('stalled', `the trainer reported no step for ${seconds} s and was ended`);
    this.#tools.trainer.kill();
  }

  async run(): Promise<EvaluationEnd> {
    const { trainer } = this.#tools;
    this.#begin().catch((error: unknown) => {
      const code = this.#tools.evaluator.preparation?.unavailable;
      if (error instanceof DataUnavailableError && code !== undefined) this.#fail(code, error.message);
      else this.#abort(error);
    });
    // A single step can take more than the trainer lives to report, so the system is asked as well.
    const watch = setInterval(() => {
      this.#time.look();
      void residentBytes(trainer.pid).then((bytes) => this.#look(bytes));
    }, watchMs);
    try {
      return await this.#end;
    } finally {
      clearInterval(watch);
      trainer.listen(null);
      // A training that ended by itself ignores this; one that a fault of ours left waiting is set free.
      if (this.#sent) trainer.send({ type: 'stop', training: this.#trial.token, reason: 'abandon' });
      this.#over = true;
      await this.#discardScratch();
    }
  }

  /**
   * Completes the trial where all that it asks for is known. Else sends the request, unless the training was stopped
   * while its data was prepared.
   */
  async #begin(): Promise<void> {
    const { world, trainer, evaluator } = this.#tools;
    const plan = await planTraining(this.#tools, this.#trial, () => this.#signOfLife());
    this.#records = new TrainingRecords(world, this.#trial, evaluator, plan);
    this.#signOfLife();
    if (this.#stop || this.#over) return;
    const known = await this.#storing.store(() => world.continuation.begin(this.#trial, plan));
    if (this.#stop || this.#over) return;
    if (known === null) return this.#finish({ kind: 'abandoned' });
    const isComplete = known.diverged || known.steps === plan.steps;
    if (isComplete && !plan.request.evaluate) {
      await this.#storing.store(async () => this.#settle(await world.continuation.complete(this.#trial, known.steps)));
      return this.#finish(this.#asStopped());
    }
    const request = await requestFor(world.artifacts, plan, known);
    if (this.#stop || this.#over) return;
    trainer.listen({ message: (message) => this.#hear(message), ended: (detail) => this.#trainerEnded(detail) });
    if (!trainer.alive()) return this.#finish({ kind: 'released' }); // It died before it had the trial: not the trial's fault.
    this.#sent = true;
    this.#limits.start();
    trainer.send(request);
  }

  #hear(message: TrainerMessage): void {
    if (!('training' in message) || message.training !== this.#trial.token) return;
    this.#signOfLife();
    switch (message.type) {
      case 'started':
        void this.#storing.store(() => this.#adopt(message));
        return;
      case 'measured':
        void this.#storing.store(() => this.#step(message));
        this.#storing.afterwards(() => this.#look(message.rssBytes));
        return;
      case 'evaluated':
        void this.#storing.store(() => this.#evaluated(message));
        this.#storing.afterwards(() => this.#look(message.rssBytes));
        return;
      case 'stopped':
        // The step it stopped after may still be on its way to the database.
        this.#storing.afterwards(() => this.#finish(this.#asStopped()));
        return;
      case 'failed':
        this.#forgetData();
        this.#storing.afterwards(() => this.#fail('training-error', message.message));
        return;
      case 'finished':
        if (this.#settled) this.#finish(this.#settled);
        return;
      case 'progress':
        this.#look(message.rssBytes);
        return;
    }
  }

  /** The trainer does not wait for this. */
  async #adopt(started: TrainingStarted): Promise<void> {
    this.#obey(await this.#recorded().adopt(started));
    if (this.#stop) this.#answer();
  }

  async #step(message: StepDone): Promise<void> {
    const answer = await this.#recorded().step(message);
    if (typeof answer !== 'string') return this.#complete(answer);
    this.#obey(answer);
    this.#answer();
  }

  async #evaluated(message: EvaluationDone): Promise<void> {
    try {
      this.#complete(await this.#recorded().evaluated(message));
    } catch (error) {
      if (!(error instanceof UnacceptableEvaluationError)) throw error;
      this.#fail('training-error', error.message);
    }
  }

  /** What the attempt left in its scratch folder is for nobody. Where it cannot be removed, a later look of some runner does it. */
  async #discardScratch(): Promise<void> {
    const { artifacts, log } = this.#tools.world;
    const notRemoved = (error: unknown) =>
      log.warn({ err: error, trial: this.#trial.trialId }, 'a scratch folder could not be removed yet');
    await artifacts.discardScratch(this.#trial.token).catch(notRemoved);
  }

  /** Broken files of the data may be the cause of a failure: the next attempt looks at them again. */
  #forgetData(): void {
    const preparation = preparationFor(this.#tools, this.#trial);
    if (preparation) this.#tools.preparations.forget(preparation);
  }

  #complete(settlement: Settlement): void {
    const { trainer } = this.#tools;
    const settled = this.#settle(settlement);
    trainer.send({ type: 'continue', training: this.#trial.token });
    if (!trainer.alive()) this.#finish(settled);
  }

  #settle(settlement: Settlement): EvaluationEnd {
    this.#settled = endAfter(settlement);
    return this.#settled;
  }

  /** Tells the trainer to go on, or to stop where that was asked for. */
  #answer(): void {
    const training = this.#trial.token;
    const reason = this.#stop;
    this.#tools.trainer.send(reason ? { type: 'stop', training, reason } : { type: 'continue', training });
  }

  /** A trainer that has its request stops by itself; before, what is on its way to the database may have completed the trial. */
  #passOnStop(): void {
    if (this.#sent) this.#answer();
    else this.#storing.afterwards(() => this.#finish(this.#asStopped()));
  }

  #recorded(): TrainingRecords {
    invariant(this.#records, 'a training that reports was planned');
    return this.#records;
  }

  #obey(directive: Directive): void {
    if (directive !== 'continue') this.#stop = moreUrgent(this.#stop, directive);
  }

  /**
   * Looks at the trainer's memory (null: unknown) and its time. One over a limit is ended; a step that it finished before is
   * kept, and may have completed the trial: the slot replaces a trainer that grew too large.
   */
  #look(rssBytes: number | null): void {
    if (this.#over) return;
    const error = this.#limits.exceeded(rssBytes);
    if (error === null || this.#storing.busy() || this.#settled) return;
    this.#fail(error.code, error.message);
    this.#tools.trainer.kill();
  }

  /** A step that came before the end may still be on its way to the database, and may have completed the trial. */
  #trainerEnded(detail: string): void {
    this.#storing.afterwards(() => {
      if (this.#settled) this.#finish(this.#settled);
      else this.#fail('trainer-crashed', `the trainer ended in the middle: ${detail}`);
    });
  }

  #asStopped(): EvaluationEnd {
    return this.#settled ?? (this.#stop === null ? { kind: 'released' } : endAfterStop(this.#stop));
  }

  #fail(code: TrialError['code'], message: string): void {
    this.#finish({ kind: 'failed', error: { code, message } });
  }

  #signOfLife(): void {
    this.#lastSignMs = this.#time.nowMs();
  }
}
