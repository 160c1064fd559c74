import { EvaluationError, type InProcessEvaluator } from '../objectives/evaluator.ts';
import { moreUrgent, type StopReason, stopsAtOnce } from '../objectives/stop-reason.ts';
import type { TrialError } from '../studies/model/failure.ts';
import type { ClaimedTrial } from '../studies/ports/queue.ts';
import { AttemptLimits } from './attempt-limits.ts';
import { AwakeTime } from './awake-time.ts';
import { type EvaluationControl, type EvaluationEnd, endAfter, endAfterStop, type RunningEvaluation } from './evaluation-control.ts';
import type { RunnerWorld } from './ports.ts';
import { Storing } from './storing.ts';

/** Interval between two checks of an attempt's time. */
const watchMs = 500;

/** Starts evaluating a claimed trial in this process. */
export function evaluateInProcess(
  world: Pick<RunnerWorld, 'queue'>,
  trial: ClaimedTrial,
  evaluator: InProcessEvaluator,
): RunningEvaluation {
  const evaluation = new InProcessEvaluation(world, trial);
  return { control: evaluation, end: evaluation.run(evaluator) };
}

/** An evaluation was asked to stop. */
class StoppedError extends Error {
  override readonly name = 'StoppedError';
}

/** One evaluation from claim to end: state over time, so a class. */
class InProcessEvaluation implements EvaluationControl {
  readonly #world: Pick<RunnerWorld, 'queue'>;
  readonly #trial: ClaimedTrial;
  readonly #time = new AwakeTime();
  readonly #stopped = new AbortController();
  readonly #storing = new Storing({ onStored: () => undefined, onFault: (error) => this.#reject(error) });
  readonly #limits: AttemptLimits;
  readonly #end: Promise<EvaluationEnd>;
  #resolve: (end: EvaluationEnd) => void = () => undefined;
  #reject: (error: unknown) => void = () => undefined;
  #stop: StopReason | null = null;
  #lastStep = 0;

  constructor(world: Pick<RunnerWorld, 'queue'>, trial: ClaimedTrial) {
    this.#world = world;
    this.#trial = trial;
    const limits = { memoryMb: Number.POSITIVE_INFINITY, seconds: trial.timeoutSeconds };
    this.#limits = new AttemptLimits(limits, this.#storing, this.#time);
    this.#end = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  /** Always 0, because it lives as long as this process. The time limit of its study ends an evaluation that hangs. */
  silentMs(): number {
    return 0;
  }

  /** An evaluation is never continued from a step: waiting for one is useful only if it completes the trial. */
  stop(reason: StopReason): void {
    this.#stop = moreUrgent(this.#stop, reason);
    const waits = !stopsAtOnce(reason) && this.#lastStep + 1 >= this.#trial.job.steps;
    if (!waits) this.#storing.afterwards(() => this.#finish(endAfterStop(reason)));
  }

  stall(seconds: number): void {
    this.#fail({ code: 'stalled', message: `nothing was heard of the evaluation for ${seconds} s` });
  }

  async run(evaluator: InProcessEvaluator): Promise<EvaluationEnd> {
    this.#limits.start();
    const { payload, steps } = this.#trial.job;
    const context = {
      signal: this.#stopped.signal,
      report: (step: number, values: Readonly<Record<string, number | null>>) => this.#report(step, values),
    };
    evaluator.evaluate({ payload, steps }, context).then(
      () => this.#fail({ code: 'training-error', message: `the evaluation ended without the values of step ${steps}` }),
      (error: unknown) => this.#fail(errorOf(error)),
    );
    const watch = setInterval(() => this.#look(), watchMs);
    try {
      return await this.#end;
    } finally {
      clearInterval(watch);
      this.#stopped.abort(new StoppedError('the evaluation is over'));
    }
  }

  /** Records a step; the last one completes the trial. */
  async #report(step: number, values: Readonly<Record<string, number | null>>): Promise<void> {
    this.#stopped.signal.throwIfAborted();
    const record = { step, values: finiteOrNull(values), resultKey: null, checkpoint: null };
    this.#lastStep = step;
    await this.#storing.store(async () => {
      if (step >= this.#trial.job.steps) return this.#finish(endAfter(await this.#world.queue.complete(this.#trial, record, false)));
      const directive = await this.#world.queue.recordStep(this.#trial, record);
      if (typeof directive !== 'string') return this.#finish(endAfter(directive));
      const stop = directive === 'continue' ? this.#stop : directive;
      if (stop !== null) this.#finish(endAfterStop(stop));
    });
    this.#stopped.signal.throwIfAborted();
  }

  /** Fails an attempt over its time limit, unless a write is in progress: it may complete the trial. */
  #look(): void {
    this.#time.look();
    const error = this.#limits.exceeded(null);
    if (error !== null && !this.#storing.busy()) this.#fail(error);
  }

  #fail(error: TrialError): void {
    this.#storing.afterwards(() => this.#finish({ kind: 'failed', error }));
  }

  /** Records the first end. Later results are dropped. */
  #finish(end: EvaluationEnd): void {
    this.#resolve(end);
    this.#stopped.abort(new StoppedError('the evaluation is over'));
  }
}

/** A value that is not finite is null. */
function finiteOrNull(values: Readonly<Record<string, number | null>>): Record<string, number | null> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, Number.isFinite(value) ? value : null]));
}

function errorOf(error: unknown): TrialError {
  const message = error instanceof Error ? error.message : String(error);
  return { code: error instanceof EvaluationError ? error.code : 'training-error', message };
}
