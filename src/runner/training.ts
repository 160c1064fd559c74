import type { ClaimedTrial, Directive, EpochRecord } from '../studies/ports.ts';
import type { TrialError } from '../studies/study.ts';
import { epochsDigest, hyperparametersOf, modelSeedOf } from '../training/objective.ts';
import type { EpochDone, TrainerMessage, TrainRequest } from '../training/protocol.ts';
import { type DatasetPreparation, DatasetUnavailableError } from './dataset-preparation.ts';
import { residentBytes } from './memory.ts';
import type { RunnerSettings, RunnerWorld } from './ports.ts';
import { processorClass } from './processor.ts';
import type { Trainer } from './trainer-process.ts';

/** How a claimed trial left this runner. `released`: uncharged, for a pause or a drain; `gone`: another holds it now. */
export type TrainingEnd =
  | { readonly kind: 'completed'; readonly studyId: string }
  | { readonly kind: 'failed'; readonly error: TrialError }
  | { readonly kind: 'released' }
  | { readonly kind: 'gone' };

/** What the rest of the runner may ask of a running training. */
export interface TrainingControl {
  /** Milliseconds of the monotonic clock at the last sign of life; the heartbeat stops for a training that stalls. */
  lastSignMs(): number;
  /** The most resident memory that the trainer reported. */
  peakRssBytes(): number;
  /** Finish the epoch, save it, put the trial back. */
  stopAfterEpoch(): void;
  /** Stop at once: the lease or the trial is gone (`abandon`), or the trial is put back as it is (`release`). */
  stopNow(why: 'abandon' | 'release'): void;
  /** The trainer said nothing for too long: ends it and charges the attempt. */
  stall(seconds: number): void;
}

/** How often a trainer's memory is looked at from outside. */
const memoryMs = 500;

/** What one training needs. */
export interface TrainingTools {
  readonly world: RunnerWorld;
  readonly settings: RunnerSettings;
  readonly datasets: DatasetPreparation;
  readonly trainer: Trainer;
}

/** Starts training a claimed trial; `end` settles once and never rejects but for faults of the database. */
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
  #lastSign = performance.now();
  #stop: 'after-epoch' | 'abandon' | 'release' | null = null;
  #digest = '';
  #recording = false;
  #recorded: Promise<void> = Promise.resolve();
  #peakRssBytes = 0;
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
    this.#end = new Promise((resolve, reject) => {
      this.#finish = resolve;
      this.#abort = reject;
    });
  }

  /** While an epoch is being recorded the trainer waits for us: its silence is not its fault. */
  lastSignMs(): number {
    return this.#recording ? performance.now() : this.#lastSign;
  }

  peakRssBytes(): number {
    return this.#peakRssBytes;
  }

  stopAfterEpoch(): void {
    if (this.#stop) return;
    this.#stop = 'after-epoch';
    if (this.#sent) this.#tools.trainer.send({ type: 'stop', training: this.#trial.token, now: false });
    else this.#finish(this.#asStopped());
  }

  stopNow(why: 'abandon' | 'release'): void {
    this.#stop = why;
    if (this.#sent) this.#tools.trainer.send({ type: 'stop', training: this.#trial.token, now: true });
    else this.#finish(this.#asStopped());
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
    const watch = setInterval(() => residentBytes(trainer.pid).then((bytes) => this.#look(bytes)), memoryMs);
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

  /** Sends the request, unless the training was stopped while its dataset was prepared. */
  async #begin(): Promise<void> {
    const { trainer } = this.#tools;
    const request = await this.#request();
    if (this.#stop || this.#over) return;
    trainer.listen({ message: (message) => this.#hear(message), ended: (detail) => this.#trainerEnded(detail) });
    if (!trainer.alive()) return this.#finish({ kind: 'released' }); // It died before it had the trial: not the trial's fault.
    this.#sent = true;
    trainer.send(request);
  }

  async #request(): Promise<TrainRequest> {
    const { world, datasets, trainer } = this.#tools;
    const { spec, parameters, token } = this.#trial;
    const dataset = await datasets.prepare(spec.objective.dataset, () => this.#signOfLife());
    this.#signOfLife();
    const hyperparameters = hyperparametersOf(spec.objective, parameters);
    const trainSize = spec.objective.trainSize ?? null;
    const training = { hyperparameters, objectiveSeed: spec.objectiveSeed, trainSize, datasetDigest: dataset.digest };
    this.#digest = epochsDigest({ ...training, tensorflowVersion: trainer.tensorflowVersion, processorClass: processorClass() });
    return {
      type: 'train',
      training: token,
      datasetFolder: dataset.folder,
      trainSize,
      hyperparameters,
      modelSeed: modelSeedOf(spec.objectiveSeed, hyperparameters),
      checkpointFolder: await world.artifacts.epochFolder(this.#digest),
      resumeFrom: await this.#resumable(),
    };
  }

  /** Checkpoints of this trial's own recorded epochs; none where the trainer or the processor is another than before. */
  async #resumable(): Promise<TrainRequest['resumeFrom']> {
    const { queue, artifacts } = this.#tools.world;
    if (this.#trial.epochsDone === 0 || this.#trial.epochsDigest !== this.#digest) return [];
    const recorded = await queue.epochCheckpoints(this.#digest, this.#trial.epochsDone);
    return recorded.map((checkpoint) => ({ ...checkpoint, file: artifacts.absolute(checkpoint.file) }));
  }

  #hear(message: TrainerMessage): void {
    if (!('training' in message) || message.training !== this.#trial.token) return;
    this.#signOfLife();
    switch (message.type) {
      case 'epoch':
        this.#record(message);
        this.#afterRecording(() => this.#look(message.rssBytes));
        return;
      case 'stopped':
        // The epoch it stopped after may still be on its way to the database.
        this.#afterRecording(() => this.#finish(this.#asStopped()));
        return;
      case 'failed':
        // Broken files of the dataset may be the cause: the next attempt looks at them again.
        this.#tools.datasets.forget(this.#trial.spec.objective.dataset);
        this.#fail('training-error', message.message);
        return;
      case 'finished':
        if (this.#settled) this.#finish(this.#settled);
        return;
      case 'progress':
        this.#look(message.rssBytes);
        return;
      case 'started':
        return;
    }
  }

  /** Records an epoch; the last one completes the trial in the same transaction. */
  async #epoch(message: EpochDone): Promise<void> {
    const { world, trainer } = this.#tools;
    const { checkpoint } = message;
    if (message.checkpointError)
      world.log.warn({ trial: this.#trial.trialId, epoch: message.epoch }, `no epoch checkpoint was written: ${message.checkpointError}`);
    const record: EpochRecord = {
      epoch: message.epoch,
      metrics: message.metrics,
      epochsDigest: this.#digest,
      checkpoint: checkpoint && { ...checkpoint, file: world.artifacts.relative(checkpoint.file) },
    };
    const isLast = message.diverged || message.epoch === hyperparametersOf(this.#trial.spec.objective, this.#trial.parameters).epochs;
    if (isLast) return this.#complete(record, message.diverged);
    const directive = await world.queue.recordEpoch(this.#trial, record);
    this.#obey(directive);
    trainer.send(
      this.#stop
        ? { type: 'stop', training: this.#trial.token, now: this.#stop !== 'after-epoch' }
        : { type: 'continue', training: this.#trial.token },
    );
  }

  async #complete(record: EpochRecord, diverged: boolean): Promise<void> {
    const settled = await this.#tools.world.queue.complete(this.#trial, record, diverged);
    this.#settled = settled.kind === 'settled' ? { kind: 'completed', studyId: settled.studyId } : { kind: 'gone' };
    this.#tools.trainer.send({ type: 'continue', training: this.#trial.token });
    if (!this.#tools.trainer.alive()) this.#finish(this.#settled);
  }

  #obey(directive: Directive): void {
    if (directive === 'abandon') this.#stop = 'abandon';
    else if (directive === 'pause') this.#stop ??= 'after-epoch';
  }

  /** Looks at the trainer's memory. One over the limit is ended; an epoch that it finished before is kept. */
  #look(rssBytes: number | null): void {
    if (rssBytes === null || this.#over) return;
    this.#peakRssBytes = Math.max(this.#peakRssBytes, rssBytes);
    const limitMb = this.#tools.settings.trainerMemoryMb;
    if (rssBytes <= limitMb * 1_048_576 || this.#recording) return;
    if (this.#settled) return; // The trial is done; the slot replaces a trainer of this size.
    this.#fail(
      'out-of-memory',
      `the trainer grew to ${Math.round(rssBytes / 1_048_576)} MiB; the limit is ${limitMb} MiB (CLAVIER_TRAINER_MEMORY_MB)`,
    );
    this.#tools.trainer.kill();
  }

  /** An epoch that came before the end may still be on its way to the database, and may have completed the trial. */
  #trainerEnded(detail: string): void {
    this.#afterRecording(() => {
      if (this.#settled) this.#finish(this.#settled);
      else this.#fail('trainer-crashed', `the trainer ended in the middle: ${detail}`);
    });
  }

  /** A recording that fails ends the training by itself. */
  #afterRecording(work: () => void): void {
    this.#recorded.then(work, () => undefined);
  }

  #asStopped(): TrainingEnd {
    return this.#settled ?? { kind: this.#stop === 'abandon' ? 'gone' : 'released' };
  }

  #fail(code: TrialError['code'], message: string): void {
    this.#finish({ kind: 'failed', error: { code, message } });
  }

  /** A database that does not answer ends the training here; the lease runs out and another attempt continues. */
  #record(message: EpochDone): void {
    this.#recording = true;
    this.#recorded = this.#epoch(message).finally(() => {
      this.#recording = false;
      this.#signOfLife();
    });
    this.#recorded.catch((error: unknown) => this.#abort(error));
  }

  #signOfLife(): void {
    this.#lastSign = performance.now();
  }
}
