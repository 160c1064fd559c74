import type { Configuration } from '../../space/configuration.ts';
import type { Parameter, ParameterValue, SearchSpace } from '../../space/schema.ts';
import { cardinality, encodeUnit } from '../../space/unit-cube.ts';
import type { Axis } from './parzen-estimator.ts';

/** Parameters that are modelled together: they exist under the same condition, and so always together. */
export interface Group {
  /** In the order of the space; at least one. */
  readonly members: readonly Member[];
}

/** A parameter of a group. */
export interface Member {
  readonly parameter: Parameter;
  /** Its place in the space. */
  readonly place: number;
  readonly axis: Axis;
}

/** A search space as the estimators see it. */
export interface Geometry {
  readonly space: SearchSpace;
  /**
   * Every parameter once, a parent's group before those that depend on it: as few groups as
   * the conditions allow, or one for each parameter.
   */
  readonly groups: { readonly together: readonly Group[]; readonly apart: readonly Group[] };
  /** For each parameter, coordinates of its values as far as they were met. */
  readonly known: readonly Map<ParameterValue, number>[];
}

/** Cache size: the number of studies that typically advance at a time. */
const mostSpaces = 32;
/** Values of one parameter whose coordinates are kept. */
const mostValues = 10_000;
const kept = new Map<string, Geometry>();

/** The geometry of a space; equal spaces share one while they are in use. */
export function geometryOf(space: SearchSpace): Geometry {
  const text = JSON.stringify(space);
  const geometry = kept.get(text) ?? newGeometry(space);
  kept.delete(text); // Set again, it is the youngest.
  kept.set(text, geometry);
  const [oldest] = kept.keys();
  if (kept.size > mostSpaces && oldest !== undefined) kept.delete(oldest);
  return geometry;
}

function newGeometry(space: SearchSpace): Geometry {
  const members = space.map((parameter, place) => ({ parameter, place, axis: axisOf(parameter) }));
  const apart = members.map((member) => ({ members: [member] }));
  return { space, groups: { together: groupsOf(members), apart }, known: space.map(() => new Map()) };
}

/** Coordinates in the unit cube of some configurations, one list per parameter of the space; NaN where a parameter does not exist. */
export function columnsOf({ space, known }: Geometry, configurations: readonly Configuration[]): Float64Array[] {
  return space.map((parameter, place) => {
    const column = new Float64Array(configurations.length);
    const encode = encoderOf(parameter, known[place] ?? new Map<ParameterValue, number>());
    for (let trial = 0; trial < column.length; trial += 1) {
      const value = configurations[trial]?.[parameter.name];
      column[trial] = value === undefined ? Number.NaN : encode(value);
    }
    return column;
  });
}

/** Finding a value's place on a lattice takes decimal arithmetic: a long history does it once for each value. */
function encoderOf(parameter: Parameter, known: Map<ParameterValue, number>): (value: ParameterValue) => number {
  if (!Number.isFinite(cardinality(parameter))) return (value) => encodeUnit(parameter, value);
  return (value) => {
    const found = known.get(value);
    if (found !== undefined) return found;
    const coordinate = encodeUnit(parameter, value);
    if (known.size < mostValues) known.set(value, coordinate);
    return coordinate;
  };
}

function axisOf(parameter: Parameter): Axis {
  if (isFixed(parameter)) return { kind: 'fixed' };
  if (parameter.type === 'categorical') return { kind: 'choices', count: parameter.choices.length };
  return { kind: Number.isFinite(cardinality(parameter)) ? 'steps' : 'continuous' };
}

/** Groups in the order of their first members, so that a parent's group comes before those that depend on it. */
function groupsOf(members: readonly Member[]): Group[] {
  const groups = new Map<string, Member[]>();
  for (const member of members) {
    const condition = conditionText(member.parameter);
    groups.set(condition, [...(groups.get(condition) ?? []), member]);
  }
  return [...groups.values()].map((together) => ({ members: together }));
}

/** Equal for conditions that hold together; empty if there is none. */
function conditionText({ when }: Parameter): string {
  return when ? JSON.stringify([when.parameter, when.values.map((value) => JSON.stringify(value)).sort()]) : '';
}

/** True if a parameter has one value only, so that there is nothing to search. */
function isFixed(parameter: Parameter): boolean {
  return cardinality(parameter) === 1 || (parameter.type !== 'categorical' && parameter.low === parameter.high);
}
