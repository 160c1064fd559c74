import { type Configuration, configurationFrom } from '../../space/configuration.ts';
import type { CategoricalParameter, FloatParameter, IntParameter, SearchSpace } from '../../space/schema.ts';
import { cardinality, decodeUnit, encodeUnit, unitShare, valueAt } from '../../space/unit-cube.ts';

/** A float or int parameter with more than one value: a coordinate of the normal distribution. */
export interface NumericAxis {
  readonly parameter: FloatParameter | IntParameter;
  /** True if the values are on a lattice that is coarse enough for a margin. */
  readonly isStepped: boolean;
}

/** A categorical parameter with more than one choice. */
export interface ChoiceAxis {
  readonly parameter: CategoricalParameter;
}

/** A search space as the distributions see it. Parameters with a single value are left out. */
export interface Geometry {
  readonly space: SearchSpace;
  readonly numeric: readonly NumericAxis[];
  readonly choices: readonly ChoiceAxis[];
}

/** A point of the search: a coordinate for every numeric axis and a choice for every categorical one, those of inactive parameters included. */
export interface Point {
  /** In the unit cube; those of stepped axes may lie outside of it. */
  readonly coordinates: Float64Array;
  /** Index of the choice. */
  readonly choices: readonly number[];
}

/** A parameter with more values than this is as good as continuous: a step is far below any tolerance. */
const mostSteps = 1e9;

/** The axes of a space, each kind in the order of the space. */
export function geometryOf(space: SearchSpace): Geometry {
  const searched = space.filter(
    (parameter) => cardinality(parameter) > 1 && !(parameter.type !== 'categorical' && parameter.low === parameter.high),
  );
  return {
    space,
    numeric: searched.flatMap((parameter) =>
      parameter.type === 'categorical' ? [] : [{ parameter, isStepped: cardinality(parameter) <= mostSteps }],
    ),
    choices: searched.flatMap((parameter) => (parameter.type === 'categorical' ? [{ parameter }] : [])),
  };
}

/** The number of choices of an axis, at least 2. */
export function choicesOf({ parameter }: ChoiceAxis): number {
  return parameter.choices.length;
}

/** The configuration at a point of the unit cube: conditions decide which parameters exist, and numbers are rounded to values that can be tried. */
export function configurationAt({ space, numeric, choices }: Geometry, { coordinates, choices: chosen }: Point): Configuration {
  const numbers = new Map(numeric.map(({ parameter }, index) => [parameter.name, coordinates[index] as number]));
  const indices = new Map(choices.map(({ parameter }, index) => [parameter.name, chosen[index] as number]));
  return configurationFrom(space, (parameter) => {
    const index = indices.get(parameter.name);
    if (index !== undefined) return valueAt(parameter, index);
    return decodeUnit(parameter, insideCube(numbers.get(parameter.name) ?? 0.5));
  });
}

/** Coordinates of a configuration, NaN where a parameter does not exist. */
export function coordinatesOf({ numeric }: Geometry, configuration: Configuration): Float64Array {
  return Float64Array.from(numeric, ({ parameter }) => {
    const value = configuration[parameter.name];
    return value === undefined ? Number.NaN : encodeUnit(parameter, value);
  });
}

/** Indices of a configuration's choices, −1 where a parameter does not exist. */
export function chosenBy({ choices }: Geometry, configuration: Configuration): number[] {
  return choices.map(({ parameter }) => {
    const value = configuration[parameter.name];
    return value === undefined ? -1 : parameter.choices.indexOf(value);
  });
}

/** The thresholds next to a coordinate of a stepped axis, beyond which another value is tried. Equal at the first and at the last value. */
export function thresholdsAt({ parameter }: NumericAxis, coordinate: number): { readonly low: number; readonly high: number } {
  const { low, high } = unitShare(parameter, decodeUnit(parameter, insideCube(coordinate)));
  if (low <= 0) return { low: high, high };
  return high >= 1 ? { low, high: low } : { low, high };
}

export function insideCube(coordinate: number): number {
  return Math.min(Math.max(coordinate, 0), 1);
}
