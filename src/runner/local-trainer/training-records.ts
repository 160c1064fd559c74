import type { TrainerEvaluator } from '../../objectives/evaluator.ts';
import type { EvaluationDone, StepDone, TrainingStarted } from '../../objectives/trainer-protocol.ts';
import type { ClaimedTrial, Directive, Settlement } from '../../studies/ports/queue.ts';
import type { RunnerWorld } from '../ports.ts';
import { brokenCheckpoints, stepRecordOf } from './step-record.ts';
import type { TrainingPlan } from './training-plan.ts';

/** Held-out measurements that its evaluator does not accept. */
export class UnacceptableEvaluationError extends Error {
  override readonly name = 'UnacceptableEvaluationError';
}

/** Stores what a trainer reports of one training, under the lease of its trial. All of it may be repeated. */
export class TrainingRecords {
  readonly #world: RunnerWorld;
  readonly #trial: ClaimedTrial;
  readonly #evaluator: TrainerEvaluator;
  readonly #plan: TrainingPlan;

  constructor(world: RunnerWorld, trial: ClaimedTrial, evaluator: TrainerEvaluator, plan: TrainingPlan) {
    this.#world = world;
    this.#trial = trial;
    this.#evaluator = evaluator;
    this.#plan = plan;
  }

  /** The trainer goes on after known steps (0: begins anew): their values become the trial's, and no others are. */
  async adopt(started: TrainingStarted): Promise<Directive> {
    const incidents = brokenCheckpoints(started);
    for (const { step, detail } of incidents) this.#world.log.warn({ trial: this.#trial.trialId, step }, detail);
    return this.#world.continuation.adopt(this.#trial, started.step, incidents);
  }

  /** Records a step; the last one completes the trial in the same transaction, unless the trial is evaluated after it. */
  async step(message: StepDone): Promise<Directive | Settlement> {
    const { queue, artifacts, log } = this.#world;
    const { step, diverged } = message;
    const { resultKey, steps, request } = this.#plan;
    const record = await stepRecordOf(message, resultKey, artifacts);
    for (const { detail } of record.incidents ?? []) log.warn({ trial: this.#trial.trialId, step }, detail);
    const isLast = diverged || step === steps;
    return isLast && !request.evaluate ? queue.complete(this.#trial, record, diverged) : queue.recordStep(this.#trial, record, diverged);
  }

  /** Held-out measurements complete the trial. @throws UnacceptableEvaluationError */
  async evaluated({ step, evaluation }: EvaluationDone): Promise<Settlement> {
    const checked = this.#evaluator.evaluationSchema?.safeParse(evaluation);
    if (!checked?.success) {
      const fault = checked ? checked.error.message : 'its objective has none';
      throw new UnacceptableEvaluationError(`the trainer's evaluation on the test split is not one: ${fault}`);
    }
    return this.#world.queue.completeEvaluated(this.#trial, { step, resultKey: this.#plan.resultKey, evaluation: checked.data });
  }
}
