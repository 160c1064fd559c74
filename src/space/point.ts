import type { CrossViolation } from '../shared/errors.ts';
import { type Configuration, configurationFrom, isActive } from './configuration.ts';
import { noValueText } from './no-value.ts';
import { allNames, conditionPointer, rangePointers } from './pointers.ts';
import type { SearchSpace } from './schema.ts';
import { canonicalValue } from './unit-cube.ts';

/** The place of a configuration that a client wrote. */
interface PointPlace {
  /** Pointer to it. */
  readonly pointer: string;
  /** Pointer to what `pointer` is relative to, from the study. */
  readonly within: string;
}

/** Checks that a configuration has one value of its parameter for every active parameter, and no other. */
export function pointViolations(space: SearchSpace, point: Configuration, { pointer, within }: PointPlace): CrossViolation[] {
  const active = [...space.entries()].filter(([, parameter]) => isActive(parameter, point));
  const names = new Set(active.map(([, { name }]) => name));
  const unknown = Object.keys(point).filter((name) => !names.has(name));
  const absolute = `${within}${pointer}`;
  return [
    ...active.flatMap(([index, parameter]) => {
      const { name } = parameter;
      const given = point[name];
      if (given !== undefined && canonicalValue(parameter, given) !== undefined) return [];
      const from = [`/searchSpace/${index}/name`, ...rangePointers(index), ...activityPointers(space, name, absolute)];
      if (given === undefined) return [{ pointer, detail: `has no value of ${name}`, from: [...from, `${absolute}/${name}`] }];
      return [{ pointer: `${pointer}/${name}`, detail: noValueText(parameter, given), from }];
    }),
    ...unknown.map((name) => ({
      pointer: `${pointer}/${name}`,
      detail: `${name} is not an active parameter of this configuration`,
      from: [allNames, ...activityPointers(space, name, absolute)],
    })),
  ];
}

/** Pointers to all that decides if a parameter is active in a point: its condition, and the value of its parent. */
function activityPointers(space: SearchSpace, name: string, point: string): string[] {
  return [...space.entries()]
    .filter(([, parameter]) => parameter.name === name)
    .flatMap(([index, { when }]) => [conditionPointer(index), ...(when ? [`${point}/${when.parameter}`] : [])]);
}

/** The same configuration in the order of the space, each value in its one form. `pointViolations` has checked it. */
export function canonicalPoint(space: SearchSpace, point: Configuration): Configuration {
  return configurationFrom(space, (parameter) => {
    const given = point[parameter.name];
    const canonical = given === undefined ? undefined : canonicalValue(parameter, given);
    if (canonical === undefined) throw new RangeError(`the configuration has no value of ${parameter.name}`);
    return canonical;
  });
}
