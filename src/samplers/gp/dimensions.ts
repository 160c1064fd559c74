import { type Configuration, configurationFrom, isActive } from '../../space/configuration.ts';
import type { FloatParameter, IntParameter, Parameter, SearchSpace } from '../../space/schema.ts';
import { cardinality, decodeUnit, encodeUnit } from '../../space/unit-cube.ts';
import { guessedLogRange } from '../guessed-scale.ts';

/** A parameter as the model sees it. */
export type Dimension = NumericDimension | CategoricalDimension;

/** A float or int parameter with more than one value. */
export interface NumericDimension {
  readonly kind: 'numeric';
  /** The parameter on the scale of its axis, which is not always the declared one. */
  readonly parameter: FloatParameter | IntParameter;
  /** Its place in the space. */
  readonly place: number;
  /** ln(high / low) where a linear scale was declared and the axis is logarithmic; else 0. A warp with this constant restores the linear scale. */
  readonly logRange: number;
  /** True if only points of a lattice can be tried. */
  readonly isStepped: boolean;
}

/** A categorical parameter with more than one choice. */
export interface CategoricalDimension {
  readonly kind: 'categorical';
  readonly parameter: Parameter;
  readonly place: number;
  /** Number of choices, at least 2. */
  readonly choices: number;
}

/**
 * A configuration in the model's coordinates, one for each dimension: 0 … 1 on the axis of a numeric parameter, the index of a choice;
 * NaN where the parameter does not exist. Coordinates of stepped parameters are those of their values.
 */
export type Point = Float64Array;

/** A search space in the model's coordinates. Parameters with a single value are left out. */
export interface Geometry {
  readonly space: SearchSpace;
  readonly dimensions: readonly Dimension[];
}

/** The coordinates of a space. */
export function geometryOf(space: SearchSpace): Geometry {
  return { space, dimensions: space.flatMap((parameter, place) => dimensionsOf(parameter, place)) };
}

function dimensionsOf(parameter: Parameter, place: number): Dimension[] {
  if (cardinality(parameter) === 1 || (parameter.type !== 'categorical' && parameter.low === parameter.high)) return [];
  if (parameter.type === 'categorical') return [{ kind: 'categorical', parameter, place, choices: parameter.choices.length }];
  const logRange = guessedLogRange(parameter);
  return [
    {
      kind: 'numeric',
      parameter: logRange > 0 ? { ...parameter, scale: 'log' } : parameter,
      place,
      logRange,
      isStepped: parameter.step !== undefined,
    },
  ];
}

/** The point of a configuration. */
export function pointOf({ dimensions }: Geometry, configuration: Configuration): Point {
  return Float64Array.from(dimensions, (dimension) => coordinateOf(dimension, configuration));
}

function coordinateOf({ kind, parameter }: Dimension, configuration: Configuration): number {
  const value = configuration[parameter.name];
  if (value === undefined) return Number.NaN;
  if (kind === 'categorical' && parameter.type === 'categorical') return parameter.choices.indexOf(value);
  return encodeUnit(parameter, value);
}

/**
 * The configuration at a point, or at a place of the full cube, where every dimension has a coordinate: conditions decide which of them
 * count, and numbers are rounded to values that can be tried.
 */
export function configurationAt({ space, dimensions }: Geometry, place: Float64Array): Configuration {
  const searched = new Map(dimensions.map((dimension, index) => [dimension.place, { dimension, coordinate: place[index] as number }]));
  return configurationFrom(space, (parameter, index) => {
    const found = searched.get(index);
    return found ? decoded(found.dimension, found.coordinate) : decodeUnit(parameter, 0.5);
  });
}

function decoded(dimension: Dimension, coordinate: number) {
  if (dimension.kind === 'categorical') return decodeUnit(dimension.parameter, (coordinate + 0.5) / dimension.choices);
  return decodeUnit(dimension.parameter, coordinate);
}

/** Tells which dimensions exist at a place of the full cube, and rounds stepped ones: turns the place into a point. */
export type Settle = (place: Float64Array) => Point;

/** @returns what turns places of the full cube into points of this space */
export function settlerOf(geometry: Geometry): Settle {
  const { dimensions, space } = geometry;
  if (space.every(({ when }) => when === undefined))
    return (place) => place.map((coordinate, index) => rounded(dimensions[index], coordinate));
  return (place) => {
    const point = place.map((coordinate, index) => rounded(dimensions[index], coordinate));
    const configuration = configurationAt(geometry, point);
    for (const [index, { parameter }] of dimensions.entries()) {
      if (parameter.when && !isActive(parameter, configuration)) point[index] = Number.NaN;
    }
    return point;
  };
}

function rounded(dimension: Dimension | undefined, coordinate: number): number {
  if (dimension?.kind !== 'numeric' || !dimension.isStepped) return coordinate;
  return encodeUnit(dimension.parameter, decodeUnit(dimension.parameter, coordinate));
}

/** Equal for points of one configuration. Points of a lattice of more than 10⁹ values may share it with their neighbours. */
export function keyOf(point: Point): string {
  let key = '';
  for (const coordinate of point) key += `${Math.round(coordinate * 1e9)},`;
  return key;
}
