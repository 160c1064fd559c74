import { decimalOf, digitsAt, doubleOf, inFewDigits } from '../../space/decimal.ts';
import { lattice } from '../../space/lattice.ts';
import type { FloatParameter, IntParameter } from '../../space/schema.ts';
import { cardinality, valueAt } from '../../space/unit-cube.ts';
import type { NumericDistribution } from './distribution.ts';

/** The trials' distributions of one parameter, different ones once in the order of their first use, and the values that it had. */
export interface NumericHistory {
  readonly name: string;
  readonly distributions: readonly NumericDistribution[];
  readonly values: readonly number[];
}

/** A parameter that can take all its values, and what was changed to achieve that, in words. */
export interface NumericResult {
  readonly parameter: FloatParameter | IntParameter;
  readonly remarks: readonly string[];
}

/**
 * Makes one range of the distributions that a parameter had: their union, widened to values outside (Optuna accepts them in enqueued
 * trials). The step is the largest that reaches every value of every distribution; a float without a common step has none.
 */
export function numericParameter({ name, distributions, values }: NumericHistory): NumericResult {
  const remarks: string[] = [];
  const widest = bounds(distributions.flatMap(({ low, high }) => [low, high]));
  const { low, high } = bounds([widest.low, widest.high, ...values]);
  if (distributions.some((own) => own.low !== widest.low || own.high !== widest.high))
    remarks.push(`its range changed between trials; it is the union now, ${widest.low} to ${widest.high}`);
  if (low < widest.low || high > widest.high)
    remarks.push(`it has values outside ${widest.low} to ${widest.high}; its range is widened to ${low} to ${high}`);
  const isInt = distributions.every(({ kind }) => kind === 'int');
  if (!isInt && distributions.some(({ kind }) => kind === 'int')) remarks.push('it was an int and a float; it is a float now');
  const scale = scaleOf(distributions, low, remarks);
  const step = stepOf(distributions, scale);
  if (isInt) return { parameter: { type: 'int', name, low, high, step: fits(values, low, step) ? (step ?? 1) : 1, scale }, remarks };
  const float = floatParameter({ name, low, high, scale }, step, values);
  if (float.step === undefined && distributions.some((own) => own.kind === 'float' && own.step !== null))
    remarks.push('no step reaches all its values; it has none now');
  return { parameter: float, remarks };
}

function bounds(values: readonly number[]): { low: number; high: number } {
  return { low: values.reduce((a, b) => Math.min(a, b)), high: values.reduce((a, b) => Math.max(a, b)) };
}

/** The scale of the newest distribution, as far as the range allows it. */
function scaleOf(distributions: readonly NumericDistribution[], low: number, remarks: string[]): 'linear' | 'log' {
  const log = distributions.at(-1)?.log ?? false;
  if (distributions.some((own) => own.log !== log))
    remarks.push(`its scale changed between trials; it is ${log ? 'logarithmic' : 'linear'} now`);
  if (!log || low > 0) return log ? 'log' : 'linear';
  remarks.push(`it has values of 0 or less, so its scale is linear now`);
  return 'linear';
}

/** The largest step that reaches every value of every distribution; null if there is none. */
function stepOf(distributions: readonly NumericDistribution[], scale: 'linear' | 'log'): number | null {
  if (scale === 'log') return null;
  const ranges = distributions.map(({ low, step }) => step !== null && { low: inFewDigits(low), step: inFewDigits(step) });
  const stepped = ranges.filter((range) => range !== false);
  return stepped.length < ranges.length ? null : commonStep(stepped);
}

/** The greatest common divisor of all steps and of the distances between the lower bounds, in decimal. */
function commonStep(ranges: readonly { readonly low: number; readonly step: number }[]): number {
  const decimals = ranges.map(({ low, step }) => ({ low: decimalOf(low), step: decimalOf(step) }));
  const exponent = Math.min(...decimals.flatMap(({ low, step }) => [low.exponent, step.exponent]));
  const lows = decimals.map(({ low }) => digitsAt(low, exponent));
  const distances = lows.map((low) => low - (lows[0] ?? low));
  const steps = decimals.map(({ step }) => digitsAt(step, exponent));
  return doubleOf([...steps, ...distances].reduce(greatestCommonDivisor), exponent);
}

function greatestCommonDivisor(a: bigint, b: bigint): bigint {
  return b === 0n ? (a < 0n ? -a : a) : greatestCommonDivisor(b, a % b);
}

type Bounds = Pick<FloatParameter, 'name' | 'low' | 'high' | 'scale'>;

/** With its step, if that reaches every value and is not too fine for doubles. */
function floatParameter(range: Bounds, step: number | null, values: readonly number[]): FloatParameter {
  const continuous: FloatParameter = { type: 'float', ...range };
  if (step === null) return continuous;
  const rounded = { ...range, low: inFewDigits(range.low), high: inFewDigits(range.high) };
  return fits(values, rounded.low, step) && isLattice({ ...rounded, step }) ? { type: 'float', ...rounded, step } : continuous;
}

function isLattice(range: { readonly low: number; readonly high: number; readonly step: number }): boolean {
  try {
    lattice(range);
    return true;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

/** Optuna computes values as low + n · step in doubles, which misses the decimal value by a few units in the last place. */
const tolerance = 1e-6;

function fits(values: readonly number[], low: number, step: number | null): boolean {
  return step === null || values.every((value) => isMultiple((value - low) / step));
}

function isMultiple(steps: number): boolean {
  return Math.abs(steps - Math.round(steps)) <= tolerance;
}

/** Returns the value of the parameter that a value of Optuna means; undefined if the parameter cannot take it. */
export function numberIn(parameter: FloatParameter | IntParameter, value: number): number | undefined {
  if (parameter.step === undefined) return value >= parameter.low && value <= parameter.high ? value : undefined;
  const steps = (value - parameter.low) / parameter.step;
  const index = Math.round(steps);
  if (!isMultiple(steps) || index < 0 || index >= cardinality(parameter)) return undefined;
  return Number(valueAt(parameter, index));
}
