import type { TrainerEvaluator } from '../../objectives/evaluator.ts';
import type { EvaluationDone, StepDone, TrainingStarted } from '../../objectives/trainer-protocol.ts';
import type { ClaimedTrial, Directive, Settlement } from '../../studies/ports/queue.ts';
import type { RunnerWorld } from '../ports.ts';
import { brokenCheckpoints, stepRecordOf } from './step-record.ts';
import type { TrainingPlan } from './training-plan.ts';

/** The trainer sent an evaluation on held-out data that the evaluator's schema rejects. */
export class UnacceptableEvaluationError extends Error {
  override readonly name = 'UnacceptableEvaluationError';
}

/** Stores the reports of one training under the lease of its trial. Every call may be repeated. */
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

  /** Attributes the known steps after which the trainer continues (0: from scratch) to the trial. */
  async adopt(started: TrainingStarted): Promise<Directive> {
    const incidents = brokenCheckpoints(started);
    for (const { step, detail } of incidents) this.#world.log.warn({ trial: this.#trial.trialId, step }, detail);
    return this.#world.continuation.adopt(this.#trial, started.step, incidents);
  }

  /** True if no step follows. */
  isLast({ step, diverged }: StepDone): boolean {
    return diverged || step === this.#plan.steps;
  }

  /** Records a step; the last one completes the trial in the same transaction, unless the trial is evaluated after it. */
  async step(message: StepDone): Promise<Directive | Settlement> {
    const { queue, artifacts, log } = this.#world;
    const { step, diverged } = message;
    const { resultKey, request } = this.#plan;
    const record = await stepRecordOf(message, resultKey, artifacts);
    for (const { detail } of record.incidents ?? []) log.warn({ trial: this.#trial.trialId, step }, detail);
    return this.isLast(message) && !request.evaluate
      ? queue.complete(this.#trial, record, diverged)
      : queue.recordStep(this.#trial, record, diverged);
  }

  /** Stores the evaluation on held-out data and completes the trial. @throws UnacceptableEvaluationError */
  async evaluated({ step, evaluation }: EvaluationDone): Promise<Settlement> {
    const checked = this.#evaluator.evaluationSchema?.safeParse(evaluation);
    if (!checked?.success) {
      const fault = checked ? checked.error.message : 'its objective has none';
      throw new UnacceptableEvaluationError(`the trainer's evaluation on the test split is not one: ${fault}`);
    }
    return this.#world.queue.completeEvaluated(this.#trial, { step, resultKey: this.#plan.resultKey, evaluation: checked.data });
  }
}
