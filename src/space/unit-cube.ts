import { invariant } from '../shared/errors.ts';
import { type Lattice, lattice } from './lattice.ts';
import type { FloatParameter, IntParameter, Parameter, ParameterValue } from './schema.ts';

/** Significant digits of a float without a step: fine enough for any search, and coarse enough to be the same on every processor. */
const continuousDigits = 12;

/** Counts the values that a parameter can take; Infinity for a float without a step. */
export function cardinality(parameter: Parameter): number {
  if (parameter.type === 'categorical') return parameter.choices.length;
  return latticeOf(parameter)?.size ?? Number.POSITIVE_INFINITY;
}

/** Returns the value at a lattice index (0 … cardinality − 1) of a parameter with finitely many values. */
export function valueAt(parameter: Parameter, index: number): ParameterValue {
  if (parameter.type === 'categorical') {
    const choice = parameter.choices[index];
    invariant(choice !== undefined, `${parameter.name} has no choice ${index}`);
    return choice;
  }
  const points = latticeOf(parameter);
  invariant(points, `${parameter.name} has no lattice`);
  return points.valueAt(index);
}

/**
 * Returns the canonical form of a value (12 significant digits for a continuous parameter), or undefined when the
 * parameter cannot take it.
 */
export function canonicalValue(parameter: Parameter, value: ParameterValue): ParameterValue | undefined {
  if (parameter.type === 'categorical') return parameter.choices.find((choice) => choice === value);
  if (typeof value !== 'number' || !(value >= parameter.low && value <= parameter.high)) return undefined;
  const points = latticeOf(parameter);
  if (!points) return rounded(parameter, value);
  const index = points.indexOf(value);
  return index === undefined ? undefined : points.valueAt(index);
}

/** Returns the canonical value of a numeric parameter next to a number; of numbers outside its range, the end of it. */
export function nearestValue(parameter: FloatParameter | IntParameter, value: number): number {
  const inside = Math.min(Math.max(value, parameter.low), parameter.high);
  const points = latticeOf(parameter);
  if (!points) return rounded(parameter, inside);
  return points.valueAt(Math.min(Math.round((inside - parameter.low) / (parameter.step ?? 1)), points.size - 1));
}

/**
 * Decodes a coordinate of the unit cube. Each of the n values of a linear or categorical parameter has an equal share
 * [i/n, (i+1)/n). On a log scale, the share of a lattice value is the logarithm of its rounding interval, as if a
 * continuous value were drawn and rounded.
 *
 * @param coordinate in [0, 1]; 1 decodes as the last value
 */
export function decodeUnit(parameter: Parameter, coordinate: number): ParameterValue {
  if (parameter.type === 'categorical') return valueAt(parameter, cell(coordinate, parameter.choices.length));
  const points = latticeOf(parameter);
  if (!points)
    return rounded(
      parameter,
      parameter.scale === 'log'
        ? betweenLogs(parameter.low, parameter.high, coordinate)
        : between(parameter.low, parameter.high, coordinate),
    );
  if (parameter.scale === 'linear') return points.valueAt(cell(coordinate, points.size));
  const edges = logEdges(parameter, points);
  const exact = betweenLogs(edges.low, edges.high, coordinate);
  const index = Math.round((exact - parameter.low) / (parameter.step ?? 1));
  return points.valueAt(Math.min(Math.max(index, 0), points.size - 1));
}

/**
 * Encodes a value as a coordinate inside its share, so that decoding returns the value. For a continuous parameter
 * whose range begins below 0 on a linear scale, it returns the value to within 10⁻¹⁵ of the range, the resolution of a
 * coordinate.
 *
 * @param value one that the parameter can take
 */
export function encodeUnit(parameter: Parameter, value: ParameterValue): number {
  if (parameter.type === 'categorical') return (parameter.choices.indexOf(value) + 0.5) / parameter.choices.length;
  invariant(typeof value === 'number', `${parameter.name} takes numbers`);
  const points = latticeOf(parameter);
  if (parameter.scale === 'log') {
    const edges = points ? logEdges(parameter, points) : parameter;
    return share(Math.log(edges.low), Math.log(edges.high), Math.log(value));
  }
  if (!points) return share(parameter.low, parameter.high, value);
  const index = points.indexOf(value);
  invariant(index !== undefined, `${value} is not a value of ${parameter.name}`);
  return (index + 0.5) / points.size;
}

/** A value's coordinate and its share of the unit interval: `low` ≤ `coordinate` ≤ `high`. */
export interface UnitShare {
  readonly coordinate: number;
  readonly low: number;
  readonly high: number;
}

/**
 * Encodes a value with its share: the rounding interval on the parameter's scale, in which every coordinate decodes to
 * the value. The share of a continuous parameter's value is the coordinate alone.
 *
 * @param value one that the parameter can take
 */
export function unitShare(parameter: Parameter, value: ParameterValue): UnitShare {
  const coordinate = encodeUnit(parameter, value);
  if (parameter.type === 'categorical') return evenShare(coordinate, parameter.choices.length);
  const points = latticeOf(parameter);
  if (!points || typeof value !== 'number') return { coordinate, low: coordinate, high: coordinate };
  if (parameter.scale === 'linear') return evenShare(coordinate, points.size);
  const edges = logEdges(parameter, points);
  const half = (parameter.step ?? 0) / 2;
  const edgeAt = (edge: number): number => share(Math.log(edges.low), Math.log(edges.high), Math.log(edge));
  return { coordinate, low: Math.max(edgeAt(value - half), 0), high: Math.min(edgeAt(value + half), 1) };
}

/** Returns the one of `count` equal shares that contains a coordinate. */
function evenShare(coordinate: number, count: number): UnitShare {
  const index = cell(coordinate, count);
  return { coordinate, low: index / count, high: (index + 1) / count };
}

const lattices = new WeakMap<Parameter, Lattice>();

function latticeOf(parameter: FloatParameter | IntParameter): Lattice | undefined {
  if (parameter.step === undefined) return undefined;
  const known = lattices.get(parameter);
  if (known) return known;
  const made = lattice({ low: parameter.low, high: parameter.high, step: parameter.step });
  lattices.set(parameter, made);
  return made;
}

function cell(coordinate: number, count: number): number {
  return Math.min(Math.floor(coordinate * count), count - 1);
}

function logEdges(parameter: FloatParameter | IntParameter, points: Lattice): { low: number; high: number } {
  const half = (parameter.step ?? 0) / 2;
  return { low: parameter.low - half, high: points.valueAt(points.size - 1) + half };
}

function between(low: number, high: number, coordinate: number): number {
  return low + coordinate * (high - low);
}

function betweenLogs(low: number, high: number, coordinate: number): number {
  return Math.exp(between(Math.log(low), Math.log(high), coordinate));
}

function share(low: number, high: number, value: number): number {
  return high === low ? 0.5 : (value - low) / (high - low);
}

function rounded(parameter: FloatParameter | IntParameter, value: number): number {
  const near = Number(value.toPrecision(continuousDigits));
  // + 0 turns −0 into 0, as canonical text writes both.
  return Math.min(Math.max(near, parameter.low), parameter.high) + 0;
}
