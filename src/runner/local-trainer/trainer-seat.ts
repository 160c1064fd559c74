import type { TrainerEvaluator } from '../../objectives/evaluator.ts';
import type { ClaimedTrial } from '../../studies/ports/queue.ts';
import type { HeldTrial, Turn } from '../evaluation-control.ts';
import type { SlotTools } from '../slot-tools.ts';
import { startTrainer, type Trainer, TrainerStartError, TrainerUnavailableError } from './trainer-process.ts';
import { trainTrial } from './training.ts';

/** Data that could not be had (the network is away, say) is asked for again after this long. */
const dataRetryMs = 3000;
/** A runner whose trainer cannot be started looks this often whether it has become the only one. */
const unavailableMs = 30_000;
/** Every so many trainers in a row that die before they are ready, the trial at hand is charged an attempt. */
const startsBeforeCharge = 4;

/** A slot's place for one trainer, which it keeps between trials. One that died, or grew past half its memory limit, is replaced, and so is one of another objective. */
export class TrainerSeat {
  readonly #tools: SlotTools;
  #trainer: Trainer | null = null;
  /** The program of the trainer. */
  #entry: string | null = null;
  /** Trainers in a row that ended before they were ready. */
  #failedStarts = 0;

  constructor(tools: SlotTools) {
    this.#tools = tools;
  }

  /** Trains a claimed trial, in a new trainer where there is none that can. @throws the faults of the database */
  async train(evaluator: TrainerEvaluator, held: HeldTrial): Promise<Turn> {
    const { draining, world } = this.#tools;
    if (!this.#trainer?.alive() || this.#entry !== evaluator.entry) {
      await this.discard();
      const refusal = await this.#start(evaluator, held.trial);
      if (refusal) return refusal;
    }
    if (draining.aborted || !this.#trainer) return { end: { kind: 'released' }, waitMs: 0 };
    await world.registration.canEvaluate(held.trial.objective);
    const { control, end, peakRssBytes } = trainTrial({ ...this.#tools, trainer: this.#trainer, evaluator }, held.trial);
    held.control = control;
    const ended = await end;
    if (peakRssBytes() > this.#tools.settings.trainerMemoryMb * 524_288) await this.discard();
    const waits = ended.kind === 'failed' && ended.error.code === evaluator.preparation?.unavailable;
    return { end: ended, waitMs: waits ? dataRetryMs : 0 };
  }

  /** Ends the trainer, even in the middle of a training. */
  async discard(): Promise<void> {
    const trainer = this.#trainer;
    this.#trainer = null;
    await trainer?.[Symbol.asyncDispose]();
  }

  /** @returns what becomes of the claimed trial where no trainer can be had, else null */
  async #start({ entry }: TrainerEvaluator, trial: ClaimedTrial): Promise<Turn | null> {
    try {
      this.#trainer = await startTrainer(this.#tools.settings.entryPoint(entry));
      this.#entry = entry;
      this.#failedStarts = 0;
      return null;
    } catch (error) {
      if (error instanceof TrainerUnavailableError) return this.#whenUnavailable(error, trial);
      if (!(error instanceof TrainerStartError)) throw error;
      return this.#whenNotStarted(error, trial);
    }
  }

  /** A library is missing here: the trial waits for a runner that has it, and fails only where there is none. */
  async #whenUnavailable(error: TrainerUnavailableError, { objective }: ClaimedTrial): Promise<Turn> {
    const { world, abilities } = this.#tools;
    const othersCan = await world.registration.cannotEvaluate(objective);
    const words = othersCan ? `this runner leaves ${objective.name} to the others` : `no runner can evaluate ${objective.name}`;
    world.log.error({ objective: objective.name }, `${words}: ${error.message}`);
    if (!othersCan) return { end: { kind: 'failed', error: { code: 'trainer-unavailable', message: error.message } }, waitMs: 0 };
    abilities.leave(objective, unavailableMs);
    return { end: { kind: 'released' }, waitMs: 0 };
  }

  /** A trainer that dies while it starts is no fault of the trial, unless it happens again and again. */
  #whenNotStarted(error: TrainerStartError, { objective }: ClaimedTrial): Turn {
    this.#failedStarts += 1;
    const pauseMs = 500 * 2 ** Math.min(this.#failedStarts, 6);
    // The slot goes on with other objectives meanwhile.
    this.#tools.abilities.leave(objective, pauseMs);
    if (this.#failedStarts % startsBeforeCharge !== 0) {
      this.#tools.world.log.warn({}, `${error.message}; another one is started in ${pauseMs / 1000} s`);
      return { end: { kind: 'released' }, waitMs: 0 };
    }
    return { end: { kind: 'failed', error: { code: 'trainer-crashed', message: error.message } }, waitMs: 0 };
  }
}
