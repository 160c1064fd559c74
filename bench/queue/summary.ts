import { median } from '../samplers/ranking.ts';
import { type Variant, variants } from './variants.ts';

/** Cycles per second of one variant in one round. */
export interface Measurement {
  readonly round: number;
  readonly runners: number;
  readonly variant: Variant['name'];
  readonly rate: number;
}

/** What a variant came to with so many runners. */
export interface RateOfVariant {
  readonly variant: Variant['name'];
  /** Cycles per second: the middle of the rounds, the least and the most. */
  readonly median: number;
  readonly least: number;
  readonly most: number;
  /** How many times as fast as the first variant in the same round: the middle of the rounds. */
  readonly ratio: number;
}

/** One line of the table. */
export interface RunnersRow {
  readonly runners: number;
  /** In order of `variants`. */
  readonly rates: readonly RateOfVariant[];
}

/** The middle of the rounds for each number of runners, in the order in which they were measured. */
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
