import { testEvaluationSchema } from '../objectives/text-classifier/test-evaluation.ts';
import type { EvaluationDone, StepDone, TrainerMessage, TrainingStarted } from '../objectives/trainer-protocol.ts';
import { invariant } from '../shared/errors.ts';
import type { TrialError } from '../studies/model/failure.ts';
import type { ClaimedTrial, Directive, Settlement } from '../studies/ports/queue.ts';
import { AttemptLimits } from './attempt-limits.ts';
import { AwakeTime } from './awake-time.ts';
import { type DatasetPreparation, DatasetUnavailableError } from './dataset-preparation.ts';
import { residentBytes } from './memory.ts';
import type { RunnerSettings, RunnerWorld } from './ports.ts';
import { brokenCheckpoints, stepRecordOf } from './step-record.ts';
import { Storing } from './storing.ts';
import type { Trainer } from './trainer-process.ts';
import { endAfter, type TrainingControl, type TrainingEnd } from './training-control.ts';
import { planTraining, requestFor, type TrainingPlan } from './training-plan.ts';

/** How often a trainer's memory and its time are looked at from outside. */
const watchMs = 500;

/** What one training needs. */
export interface TrainingTools {
  readonly world: RunnerWorld;
  readonly settings: RunnerSettings;
  readonly datasets: DatasetPreparation;
  readonly trainer: Trainer;
}

/**
 * Starts training a claimed trial; `end` settles once and never rejects but for faults of the database. While the database is
 * away the trainer goes on to the end of its step, and waits there until its work is stored (see `Patience`).
 */
export function trainTrial(
  tools: TrainingTools,
  trial: ClaimedTrial,
): { readonly control: TrainingControl; readonly end: Promise<TrainingEnd> } {
  const session = new TrainingSession(tools, trial);
  return { control: session, end: session.run() };
}

/** One training from claim to end: state over time, so a class. */
class TrainingSession implements TrainingControl {
  readonly #tools: TrainingTools;
  readonly #trial: ClaimedTrial;
  readonly #time = new AwakeTime();
  #lastSignMs = this.#time.nowMs();
  #stop: 'after-step' | 'abandon' | 'release' | null = null;
  /** Which training it is, once the dataset is there. */
  #plan: TrainingPlan | null = null;
  /** What cannot be stored at all ends the training here; the lease runs out and another attempt continues. */
  readonly #storing = new Storing({ onStored: () => this.#signOfLife(), onFault: (error) => this.#abort(error) });
  readonly #limits: AttemptLimits;
  /** What became of the trial, once it is stored; the training ends when the trainer is free again. */
  #settled: TrainingEnd | null = null;
  /** Whether the trainer has its request: before, a stop waits for no answer of the trainer. */
  #sent = false;
  /** Whether the end is known: the trainer may belong to another training by now. */
  #over = false;
  readonly #end: Promise<TrainingEnd>;
  #finish: (end: TrainingEnd) => void = () => undefined;
  #abort: (error: unknown) => void = () => undefined;

  constructor(tools: TrainingTools, trial: ClaimedTrial) {
    this.#tools = tools;
    this.#trial = trial;
    const limits = { memoryMb: tools.settings.trainerMemoryMb, seconds: trial.spec.timeoutSeconds };
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

  stopAfterStep(): void {
    if (this.#stop) return;
    this.#stop = 'after-step';
    this.#passOnStop();
  }

  stopNow(why: 'abandon' | 'release'): void {
    this.#stop = why;
    this.#passOnStop();
  }

  stall(seconds: number): void {
    this.#fail('stalled', `the trainer reported no step for ${seconds} s and was ended`);
    this.#tools.trainer.kill();
  }

  async run(): Promise<TrainingEnd> {
    const { trainer } = this.#tools;
    this.#begin().catch((error: unknown) => {
      if (error instanceof DatasetUnavailableError) this.#fail('dataset-unavailable', error.message);
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
      if (this.#sent) trainer.send({ type: 'stop', training: this.#trial.token, now: true });
      this.#over = true;
    }
  }

  /**
   * Completes the trial where all that it asks for is known. Else sends the request, unless the training was stopped
   * while its dataset was prepared.
   */
  async #begin(): Promise<void> {
    const { world, trainer } = this.#tools;
    const plan = await planTraining(this.#tools, this.#trial, () => this.#signOfLife());
    this.#plan = plan;
    this.#signOfLife();
    if (this.#stop || this.#over) return;
    const known = await this.#storing.store(() => world.queue.beginTraining(this.#trial, plan));
    if (this.#stop || this.#over) return;
    if (known === null) return this.#finish({ kind: 'gone' });
    const isComplete = known.diverged || known.steps === plan.steps;
    if (isComplete && !plan.request.evaluate) {
      await this.#storing.store(async () => this.#settle(await world.queue.completeKnown(this.#trial, known.steps)));
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
        // Broken files of the dataset may be the cause: the next attempt looks at them again.
        this.#tools.datasets.forget(this.#trial.spec.objective.dataset);
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

  /** The trainer goes on after known steps (0: begins anew): their reports become the trial's, and no others are. It does not wait for this. */
  async #adopt(started: TrainingStarted): Promise<void> {
    const { world } = this.#tools;
    const incidents = brokenCheckpoints(started);
    for (const { step, detail } of incidents) world.log.warn({ trial: this.#trial.trialId, step }, detail);
    this.#obey(await world.queue.adoptSteps(this.#trial, started.step, incidents));
    if (this.#stop) this.#answer();
  }

  /** Records a step; the last one completes the trial in the same transaction, unless the trial is evaluated after it. */
  async #step(message: StepDone): Promise<void> {
    const { world } = this.#tools;
    const { step, diverged } = message;
    const { resultKey, steps, request } = this.#planned();
    const record = stepRecordOf(message, resultKey, world.artifacts);
    for (const { detail } of record.incidents ?? []) world.log.warn({ trial: this.#trial.trialId, step }, detail);
    const isLast = diverged || step === steps;
    if (isLast && !request.evaluate) return this.#complete(await world.queue.complete(this.#trial, record, diverged));
    this.#obey(await world.queue.recordStep(this.#trial, record, diverged));
    this.#answer();
  }

  /** What the model is worth on the test split completes the trial. */
  async #evaluated({ step, evaluation }: EvaluationDone): Promise<void> {
    const checked = testEvaluationSchema.safeParse(evaluation);
    if (checked.success) {
      const measured = { step, resultKey: this.#planned().resultKey, evaluation: checked.data };
      return this.#complete(await this.#tools.world.queue.completeEvaluated(this.#trial, measured));
    }
    this.#fail('training-error', `the trainer's evaluation on the test split is not one: ${checked.error.message}`);
  }

  #complete(settlement: Settlement): void {
    const { trainer } = this.#tools;
    const settled = this.#settle(settlement);
    trainer.send({ type: 'continue', training: this.#trial.token });
    if (!trainer.alive()) this.#finish(settled);
  }

  #settle(settlement: Settlement): TrainingEnd {
    this.#settled = endAfter(settlement);
    return this.#settled;
  }

  /** Tells the trainer to go on, or to stop where that was asked for. */
  #answer(): void {
    const training = this.#trial.token;
    const stop = this.#stop;
    this.#tools.trainer.send(stop ? { type: 'stop', training, now: stop !== 'after-step' } : { type: 'continue', training });
  }

  /** A trainer that has its request stops by itself; before, what is on its way to the database may have completed the trial. */
  #passOnStop(): void {
    if (this.#sent) this.#answer();
    else this.#storing.afterwards(() => this.#finish(this.#asStopped()));
  }

  #planned(): TrainingPlan {
    invariant(this.#plan, 'a training that reports was planned');
    return this.#plan;
  }

  #obey(directive: Directive): void {
    if (directive === 'abandon') this.#stop = 'abandon';
    else if (directive === 'pause') this.#stop ??= 'after-step';
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

  #asStopped(): TrainingEnd {
    return this.#settled ?? { kind: this.#stop === 'abandon' ? 'gone' : 'released' };
  }

  #fail(code: TrialError['code'], message: string): void {
    this.#finish({ kind: 'failed', error: { code, message } });
  }

  #signOfLife(): void {
    this.#lastSignMs = this.#time.nowMs();
  }
}
