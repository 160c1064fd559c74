import type { PrunerOptions } from '../../pruners/table.ts';
import type { Metric, ResolvedSpec } from '../definition/definition.ts';
import { metricOf } from '../definition/definition.ts';
import type { Trial } from '../model/trial.ts';
import { isComparedWith, type Judgement, judged, othersAtMost, scoreAt, stops } from './judgement.ts';
import { visibleReports } from './visible.ts';

/** A trial with its judgements. */
export interface JudgedRecord extends Pick<Trial, 'number' | 'generation' | 'given' | 'state' | 'values' | 'prunedAt'> {
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

/** A judgement of the asynchronous schedule. */
interface Placed {
  readonly number: number;
  readonly judgement: Judgement;
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
  /** Scores by step, by ascending number, of the trials that later ones are compared with. */
  readonly #before = new Map<number, Seen[]>();
  /** Judgements of the asynchronous schedule by step and place. */
  readonly #placed = new Map<number, Map<number, Placed>>();
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
      if ((visible.kind === 'arrived') !== (judgement.place !== undefined)) wrong.push(misplaced(number, judgement));
      else if (visible.kind === 'arrived') wrong.push(...this.#place(number, judgement));
      else {
        const end = visible.kind === 'before' ? visible.number : this.#generation.begins;
        wrong.push(...this.#compared(number, judgement, this.#scoresBefore(judgement.step, end)));
      }
    }
    if (isComparedWith(this.#pruner, trial.state)) for (const { step, score } of judgements) this.#seenAt(step).push({ number, score });
    return [...wrong, ...this.#endOf(trial, judgements)];
  }

  /**
   * @returns what is wrong with the judgements of the asynchronous schedule, as far as all before them at their step are there: those of trials
   *   that have no result are not in a document
   */
  *finish(): Generator<WrongJudgement[]> {
    for (const placed of this.#placed.values()) {
      let known = 0;
      while (placed.has(known)) {
        const { number, judgement } = placed.get(known) as Placed;
        const others = Array.from(
          { length: Math.min(known, othersAtMost) },
          (_, back) => placed.get(known - 1 - back)?.judgement.score ?? null,
        );
        yield this.#compared(number, judgement, others);
        known += 1;
      }
    }
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
    let end = number === 0 ? 0 : seen.length;
    while (end > 0 && (seen[end - 1]?.number ?? 0) >= number) end -= 1;
    return seen.slice(Math.max(0, end - othersAtMost), end).map(({ score }) => score);
  }

  #place(number: number, judgement: Judgement): WrongJudgement[] {
    const { step, place = 0, others } = judgement;
    const placed = this.#placed.get(step) ?? new Map<number, Placed>();
    this.#placed.set(step, placed);
    const detail = 'a place of its own among the judgements of the step, of which it saw those before it';
    if (placed.has(place)) return [{ number, step, expected: 'another place', found: { place }, detail }];
    placed.set(place, { number, judgement });
    const most = Math.min(place, othersAtMost);
    return others === most ? [] : [{ number, step, expected: { others: most }, found: { others }, detail }];
  }

  #compared(number: number, judgement: Judgement, scores: readonly (number | null)[]): WrongJudgement[] {
    const { step, others, least } = judgement;
    const again = judged(this.#pruner, judgement, scores);
    if (again.others === others && again.least === least) return [];
    const detail = 'the judgement of the pruner, from the scores that it saw';
    return [{ number, step, expected: { others: again.others, least: again.least }, found: { others, least }, detail }];
  }

  /** A trial ends with the judgement that stops it, and only with one. */
  #endOf({ number, state, values, given, prunedAt }: JudgedRecord, judgements: readonly Judgement[]): WrongJudgement[] {
    const last = judgements.at(-1);
    if (given === 'known' && last)
      return [{ number, step: last.step, expected: 'none', found: last, detail: 'a known result was not evaluated, and is not judged' }];
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
    if (prunedAt !== last.step)
      return [
        {
          number,
          step: last.step,
          expected: { step: last.step },
          found: { step: prunedAt },
          detail: 'the last step of a trial that was stopped',
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

function misplaced(number: number, { step, place }: Judgement): WrongJudgement {
  const expected = place === undefined ? 'a place' : 'no place';
  return {
    number,
    step,
    expected,
    found: { place: place ?? null },
    detail: 'the asynchronous schedule alone numbers the judgements of a step',
  };
}
