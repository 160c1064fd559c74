import type { PrunerOptions } from '../../pruners/table.ts';
import type { Metric, ResolvedSpec } from '../definition/definition.ts';
import { metricOf } from '../definition/definition.ts';
import type { Trial } from '../model/trial.ts';
import { type Judgement, judged, othersAtMost, scoreAt, stops } from './judgement.ts';
import { visibleReports } from './visible.ts';

/** A trial with its judgements. */
export interface JudgedRecord extends Pick<Trial, 'number' | 'generation' | 'given' | 'state' | 'values'> {
  readonly judgements?: readonly Judgement[] | undefined;
}

/** A judgement that does not follow from the others, or from its trial. */
export interface WrongJudgement {
  readonly number: number;
  /** The step that it is about; null: all of the trial's. */
  readonly step: number | null;
  readonly expected: unknown;
  readonly found: unknown;
  readonly detail: string;
}

/** A score that a later judgement may see. */
interface Seen {
  readonly number: number;
  readonly score: number | null;
}

/**
 * Makes the judgements of a study again, from their scores alone: what each saw is fixed by the schedule, or by its place among those of its
 * step. Takes trials by ascending number, those without a result included.
 */
export class JudgementCheck {
  readonly #spec: ResolvedSpec;
  readonly #pruner: PrunerOptions;
  readonly #metric: Metric;
  /** Scores of trials with a result by step, in order of number. */
  readonly #before = new Map<number, Seen[]>();
  /** Judgements of the asynchronous schedule by step. */
  readonly #placed = new Map<number, { readonly number: number; readonly judgement: Judgement }[]>();
  #generation = { index: -1, begins: 0 };
  #lastOfGeneration = -1;

  constructor(spec: ResolvedSpec, pruner: PrunerOptions) {
    this.#spec = spec;
    this.#pruner = pruner;
    this.#metric = metricOf(spec);
  }

  /** @returns what is wrong with its judgements, as far as it is known by then */
  take(trial: JudgedRecord): WrongJudgement[] {
    this.#noteGeneration(trial);
    const { number, judgements = [] } = trial;
    const visible = visibleReports(this.#spec, trial);
    const wrong: WrongJudgement[] = [];
    for (const judgement of judgements) {
      if (visible.kind === 'arrived') this.#place(number, judgement);
      else {
        const end = visible.kind === 'before' ? visible.number : this.#generation.begins;
        wrong.push(...this.#compared(number, judgement, this.#scoresBefore(judgement.step, end)));
      }
    }
    if (trial.state === 'completed' || trial.state === 'pruned')
      for (const { step, score } of judgements) this.#seenAt(step).push({ number, score });
    return [...wrong, ...this.#endOf(trial, judgements)];
  }

  /** @returns what is wrong with the judgements of the asynchronous schedule, as far as all before them at their step are there */
  finish(): WrongJudgement[] {
    return [...this.#placed.values()].flatMap((placed) => {
      const inOrder = placed.toSorted((one, other) => (one.judgement.place ?? 0) - (other.judgement.place ?? 0));
      return inOrder.flatMap(({ number, judgement }, index) => {
        // Behind a missing one nothing is known: it is of a trial that was not kept.
        if (judgement.place !== index) return [];
        const others = inOrder.slice(Math.max(0, index - othersAtMost), index).map((other) => other.judgement.score);
        return this.#compared(number, judgement, others);
      });
    });
  }

  #noteGeneration({ number, generation }: JudgedRecord): void {
    if (generation === null) return;
    if (generation > this.#generation.index) this.#generation = { index: generation, begins: this.#lastOfGeneration + 1 };
    this.#lastOfGeneration = number;
  }

  #seenAt(step: number): Seen[] {
    const seen = this.#before.get(step) ?? [];
    this.#before.set(step, seen);
    return seen;
  }

  #scoresBefore(step: number, number: number): (number | null)[] {
    const seen = this.#seenAt(step);
    let end = seen.length;
    while (end > 0 && (seen[end - 1]?.number ?? 0) >= number) end -= 1;
    return seen.slice(Math.max(0, end - othersAtMost), end).map(({ score }) => score);
  }

  #place(number: number, judgement: Judgement): void {
    const placed = this.#placed.get(judgement.step) ?? [];
    this.#placed.set(judgement.step, placed);
    placed.push({ number, judgement });
  }

  #compared(number: number, judgement: Judgement, scores: readonly (number | null)[]): WrongJudgement[] {
    const { step, others, least } = judgement;
    const again = judged(this.#pruner, judgement, scores);
    if (again.others === others && again.least === least) return [];
    const detail = 'the judgement of the pruner, from the scores that it saw';
    return [{ number, step, expected: { others: again.others, least: again.least }, found: { others, least }, detail }];
  }

  /** A trial ends with the judgement that stops it, and only with one. */
  #endOf({ number, state, values }: JudgedRecord, judgements: readonly Judgement[]): WrongJudgement[] {
    const last = judgements.at(-1);
    const early = judgements.find((judgement) => stops(judgement) && !(judgement === last && state === 'pruned'));
    const isOver = state === 'completed' || state === 'pruned' || state === 'failed';
    if (early && isOver)
      return [
        { number, step: early.step, expected: 'the end of the trial', found: state, detail: 'a judgement that stops a trial is its last' },
      ];
    if (state !== 'pruned') return [];
    if (!last || !stops(last))
      return [
        {
          number,
          step: last?.step ?? null,
          expected: 'a judgement that stops it',
          found: last ?? null,
          detail: 'a trial is stopped by its pruner',
        },
      ];
    const score = values && scoreAt(this.#metric, values);
    if (score === last.score) return [];
    return [
      {
        number,
        step: last.step,
        expected: { score },
        found: { score: last.score },
        detail: 'the score of the values with which it was stopped',
      },
    ];
  }
}
