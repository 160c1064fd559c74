import { median } from '../samplers/ranking.ts';
import { type Variant, variants } from './variants.ts';

/** Cycles per second of one variant in one round. */
export interface Measurement {
  readonly round: number;
  readonly runners: number;
  readonly variant: Variant['name'];
  readonly rate: number;
}

/** Result of a variant with a number of runners. */
export interface RateOfVariant {
  readonly variant: Variant['name'];
  /** Cycles per second: median, minimum and maximum over the rounds. */
  readonly median: number;
  readonly least: number;
  readonly most: number;
  /** Speed relative to the first variant in the same round: median over the rounds. */
  readonly ratio: number;
}

/** One line of the table. */
export interface RunnersRow {
  readonly runners: number;
  /** In order of `variants`. */
  readonly rates: readonly RateOfVariant[];
}

/** Computes the medians over the rounds for each number of runners, in the order of measurement. */
export function summarized(measured: readonly Measurement[]): RunnersRow[] {
  return [...new Set(measured.map(({ runners }) => runners))].map((runners) => {
    const of = (name: Variant['name']): number[] =>
      measured
        .filter((one) => one.runners === runners && one.variant === name)
        .toSorted((a, b) => a.round - b.round)
        .map(({ rate }) => rate);
    const base = of(variants[0]?.name ?? 'everything');
    const rates = variants.map(({ name }) => rateOf(name, of(name), base));
    return { runners, rates };
  });
}

function rateOf(variant: Variant['name'], rates: readonly number[], base: readonly number[]): RateOfVariant {
  const ratio = median(rates.map((rate, round) => rate / (base[round] ?? Number.NaN)));
  return { variant, median: median(rates), least: Math.min(...rates), most: Math.max(...rates), ratio };
}
