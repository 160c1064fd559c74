import type { Configuration } from '../../space/configuration.ts';
import type { Parameter, SearchSpace } from '../../space/schema.ts';
import { cardinality, encodeUnit } from '../../space/unit-cube.ts';
import type { Axis } from './axis.ts';

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
  /** Of each parameter. */
  readonly axes: readonly Axis[];
}

/** Cache size: the number of studies that typically advance at a time, and up to two spaces of each (`scales.ts`). */
const mostSpaces = 64;
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
  return { space, groups: { together: groupsOf(members), apart }, axes: members.map(({ axis }) => axis) };
}

/** The coordinate of a configuration's parameter in the unit interval; NaN where the parameter does not exist. */
export function coordinateIn({ space }: Geometry, place: number, configuration: Configuration): number {
  const parameter = space[place];
  const value = parameter && configuration[parameter.name];
  return parameter === undefined || value === undefined ? Number.NaN : encodeUnit(parameter, value);
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
