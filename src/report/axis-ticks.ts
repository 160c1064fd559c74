import { scaleLinear, scaleLog } from 'd3-scale';
import type { Parameter } from '../space/schema.ts';

/** Number of ticks to request from a linear scale, which then gives three to six round values. */
const tickHint = 3;

/** A labelled tick of an axis; `at` is from 0 (low) to 1 (high). */
export interface Tick {
  readonly at: number;
  readonly text: string;
}

/** The axis of a parameter, with length 1. */
export interface ParameterAxis {
  readonly name: string;
  readonly log: boolean;
  readonly ticks: readonly Tick[];
  /** Returns the position of a value; null if the parameter cannot have it. */
  place(value: unknown): number | null;
}

/** Creates the axis of a parameter, on its scale in the search space. A parameter with a single value is in the middle. */
export function parameterAxis(parameter: Parameter): ParameterAxis {
  const { name } = parameter;
  if (parameter.type === 'categorical') return { name, log: false, ...choiceAxis(parameter.choices) };
  const log = parameter.scale === 'log';
  return { name, log, ...numberAxis(parameter.low, parameter.high, { log, whole: parameter.type === 'int' }) };
}

/** Creates an axis of numbers from low to high. @param kind `log`: logarithmic scale; `whole`: ticks only at whole numbers */
export function numberAxis(
  low: number,
  high: number,
  { log, whole }: { readonly log: boolean; readonly whole: boolean },
): Pick<ParameterAxis, 'ticks' | 'place'> {
  const scale = (log ? scaleLog : scaleLinear)([low, high], [0, 1]);
  const isPoint = low === high;
  const place = (value: unknown): number | null => {
    if (typeof value !== 'number' || (log && value <= 0)) return null;
    return isPoint ? 0.5 : scale(value);
  };
  const between = (log ? logTicks(low, high) : scale.ticks(tickHint)).filter((value) => !whole || Number.isInteger(value));
  const values = isPoint ? [low] : roomy([low, ...between, high], place);
  const digits = digitsOf(low, high);
  return { place, ticks: values.map((value) => ({ at: place(value) ?? 0.5, text: String(Number(value.toPrecision(digits))) })) };
}

/** Significant digits that tell values a hundredth of a range apart: 4, or more where the range is narrow. */
function digitsOf(low: number, high: number): number {
  const ratio = Math.max(Math.abs(low), Math.abs(high)) / (high - low);
  return low < high ? Math.min(15, Math.max(4, Math.floor(Math.log10(ratio)) + 3)) : 4;
}

function choiceAxis(choices: readonly unknown[]): Pick<ParameterAxis, 'ticks' | 'place'> {
  const at = (index: number): number => (choices.length === 1 ? 0.5 : index / (choices.length - 1));
  const place = (value: unknown): number | null => (choices.includes(value) ? at(choices.indexOf(value)) : null);
  const every = Math.ceil(choices.length / 12);
  const ticks = choices.flatMap((choice, index) => (index % every === 0 ? [{ at: at(index), text: String(choice).slice(0, 14) }] : []));
  return { place, ticks };
}

/** Returns 0 and about five round whole numbers up to `last`. */
export function wholeTicks(last: number): number[] {
  return last < 1 ? [0] : scaleLinear([0, last], [0, 1]).ticks(tickHint).filter(Number.isInteger);
}

/** Returns 1, 2, 5, 10, 20 … up to a count. */
export function roundCounts(most: number): number[] {
  const powers = Array.from({ length: Math.floor(Math.log10(most)) + 1 }, (_, power) => 10 ** power);
  return powers.flatMap((power) => [1, 2, 5].map((factor) => factor * power)).filter((count) => count <= most);
}

/** Returns 1, 2 and 5 times the powers of ten within a range; only the powers if the range is wide. */
function logTicks(low: number, high: number): number[] {
  const digits = high / low > 1000 ? ['1'] : ['1', '2', '5'];
  // The scale returns every multiple of each power if more ticks are requested than there are powers.
  const every = scaleLog([low, high], [0, 1]).ticks(Math.ceil(Math.log10(high / low)) + 2);
  return every.filter((value) => value > low && value < high && digits.includes(value.toExponential().charAt(0)));
}

/** Keeps both ends, and between them only values whose labels do not overlap. */
function roomy(values: readonly number[], place: (value: number) => number | null): number[] {
  const distance = 0.07;
  const [low, high] = [values[0], values.at(-1)];
  if (low === undefined || high === undefined) return [];
  const kept = [low];
  for (const value of values.slice(1, -1)) {
    const at = place(value) ?? 0;
    if (at - (place(kept.at(-1) ?? low) ?? 0) >= distance && 1 - at >= distance) kept.push(value);
  }
  return [...kept, high];
}
