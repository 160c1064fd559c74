import { objectiveSchema } from '../../objectives/table.ts';
import { mostMetrics } from '../../samplers/contract.ts';
import type { CrossViolation, Violation } from '../../shared/errors.ts';
import { pointerOf } from '../../shared/json-pointer.ts';
import { allNames, conditionPointer, rangePointers } from '../../space/pointers.ts';
import {
  mostParameters,
  type Parameter,
  parameterNameSchema,
  parameterSchema,
  type SearchSpace,
  spaceViolations,
} from '../../space/schema.ts';
import { constraintsSchema } from './constraints.ts';
import { budgetSchema, metricSchema, parallelismSchema, prunerChoiceSchema, samplerChoiceSchema, scheduleSchema } from './definition.ts';
import { givenTrialsSchema } from './given-trials.ts';
import { type Repaired, repaired } from './repaired.ts';
import { type DefinitionParts, newPartViolations, partViolations, withoutOrigin } from './violations.ts';

/** The parts of an invalid definition that are valid each by itself, and stand-ins for some that are not. */
interface ValidParts {
  readonly parts: DefinitionParts & { readonly searchSpace: SearchSpace };
  /** Pointers to what is invalid in it. */
  readonly removed: readonly string[];
}

/**
 * Finds the violations between those parts of an invalid definition that are valid each by itself, so that one problem lists all
 * errors at once.
 *
 * @param definition as a client sent it, invalid somewhere
 * @returns violations beyond those of the schema, none of them caused by an invalid part
 */
export function partialViolations(definition: unknown): Violation[] {
  if (typeof definition !== 'object' || definition === null) return [];
  const { parts, removed } = validParts(new Map(Object.entries(definition)));
  const ofSpace = spaceViolations(parts.searchSpace)
    .map(({ path, message, from }): CrossViolation => ({ pointer: `/searchSpace${pointerOf(path)}`, detail: message, from: from ?? [] }))
    .filter(isFreeOf(removed));
  // Conditions that refer to nothing make parameters inactive.
  const conditions = ofSpace.flatMap(({ pointer }) => /^\/searchSpace\/\d+\/when/.exec(pointer) ?? []);
  const between = [...partViolations(parts), ...newPartViolations(parts)].filter(isFreeOf([...removed, ...conditions]));
  return [...ofSpace, ...between].map(withoutOrigin);
}

/** Returns a test that a violation follows from none of some values. */
function isFreeOf(removed: readonly string[]): (violation: CrossViolation) => boolean {
  const gone = new Set(removed);
  const around = new Set(removed.flatMap(outwards));
  const isGone = (pointer: string): boolean => outwards(pointer).some((one) => gone.has(one));
  return ({ pointer, from = [] }) => !isGone(pointer) && !from.some((one) => isGone(one) || around.has(one));
}

/** A pointer and those to everything around it. */
function outwards(pointer: string): string[] {
  const keys = pointer.split('/');
  return keys.slice(1).map((_, index) => keys.slice(0, index + 2).join('/'));
}

function validParts(definition: ReadonlyMap<string, unknown>): ValidParts {
  const space = spaceOf(definition.get('searchSpace'));
  const part = <Value>(key: string, { value, removed }: Repaired<Value>) => ({
    value,
    removed: removed.map((path) => `/${key}${pointerOf(path)}`),
  });
  const metrics = definition.get('metrics');
  const all = (Array.isArray(metrics) && metrics.length > 0 ? metrics.slice(0, mostMetrics) : [undefined]).map((metric, index) =>
    part(`metrics/${index}`, repaired(metricSchema, metric)),
  );
  const sampler = part('sampler', repaired(samplerChoiceSchema, definition.get('sampler')));
  const objective = part('objective', repaired(objectiveSchema, definition.get('objective')));
  const budget = part('budget', repaired(budgetSchema, definition.get('budget') ?? {}));
  return {
    parts: {
      searchSpace: space.searchSpace,
      metrics: all.every(({ value }) => value !== undefined) ? all.flatMap(({ value }) => value ?? []) : undefined,
      sampler: sampler.value,
      objective: objective.value,
      budget: budget.value,
      pruner: prunerChoiceSchema.safeParse(definition.get('pruner')).data,
      constraints: constraintsSchema.safeParse(definition.get('constraints')).data,
      parallelism: parallelismSchema.safeParse(definition.get('parallelism')).data,
      schedule: scheduleSchema.safeParse(definition.get('schedule')).data,
      givenTrials: givenTrialsSchema.safeParse(definition.get('givenTrials')).data,
    },
    removed: [space, ...all, sampler, objective, budget].flatMap((one) => one.removed),
  };
}

interface ValidSpace {
  readonly searchSpace: SearchSpace;
  readonly removed: readonly string[];
}

/** A space with stand-ins for its invalid parameters, so that the other ones can be checked beside them. */
function spaceOf(given: unknown): ValidSpace {
  if (!Array.isArray(given) || given.length === 0 || given.length > mostParameters) return { searchSpace: [], removed: ['/searchSpace'] };
  const found = given.map(parameterOf);
  return { searchSpace: found.map(({ parameter }) => parameter), removed: found.flatMap(({ removed }) => removed) };
}

/** A parameter without its invalid members, or a stand-in that keeps at least the name if that is valid. */
function parameterOf(given: unknown, index: number): { readonly parameter: Parameter; readonly removed: readonly string[] } {
  const { value, removed } = repaired(parameterSchema, given);
  const at = `/searchSpace/${index}`;
  if (value) return { parameter: value, removed: removed.map((path) => at + pointerOf(path)) };
  const name = parameterNameSchema.safeParse(typeof given === 'object' && given !== null ? Reflect.get(given, 'name') : undefined).data;
  return {
    // The stand-in for an invalid name is a name that no parameter can have.
    parameter: { type: 'categorical', name: name ?? `?${index}`, choices: [0] },
    removed: [...rangePointers(index), conditionPointer(index), ...(name === undefined ? [`${at}/name`, allNames] : [])],
  };
}
