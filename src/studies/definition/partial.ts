import { z } from 'zod';
import { objectiveSchema } from '../../objectives/table.ts';
import { samplerOptionsSchema } from '../../samplers/table.ts';
import type { Violation } from '../../shared/errors.ts';
import { type Parameter, parameterNameSchema, parameterSchema, type SearchSpace, spaceViolations } from '../../space/schema.ts';
import { studySpecSchema } from './definition.ts';
import { repaired } from './repaired.ts';
import { type DefinitionParts, definitionViolations, newDefinitionViolations } from './violations.ts';

/** The parts of an invalid definition that are valid each by itself. */
interface ValidParts {
  readonly parts: DefinitionParts;
  /** Names of the parameters that have a stand-in in the search space, by index; null for one without a valid name. */
  readonly broken: ReadonlyMap<number, string | null>;
  readonly samplerIsWhole: boolean;
}

const { metrics, budget, parallelism, schedule } = studySpecSchema.shape;
const simpleParts = { metrics, budget, parallelism, schedule };
const namedSchema = z.object({ name: parameterNameSchema });

/**
 * Finds the violations between those parts of an invalid definition that are valid each by itself, so that one problem lists all
 * errors at once.
 *
 * @param definition as a client sent it, invalid somewhere
 * @returns violations beyond those of the schema, none of them caused by an invalid part
 */
export function partialViolations(definition: unknown): Violation[] {
  if (typeof definition !== 'object' || definition === null) return [];
  const valid = validParts(new Map(Object.entries(definition)));
  const between = [...definitionViolations(valid.parts), ...newDefinitionViolations(valid.parts)];
  return [...brokenSpaceViolations(valid), ...between.filter((violation) => !isOfInvalidPart(violation, valid))];
}

function validParts(definition: ReadonlyMap<string, unknown>): ValidParts {
  const { searchSpace, broken } = spaceOf(definition.get('searchSpace'));
  const sampler = repaired(samplerOptionsSchema, definition.get('sampler'));
  const objective = repaired(objectiveSchema, definition.get('objective'));
  const simple = Object.entries(simpleParts).flatMap(([key, schema]) => {
    const result = schema.safeParse(definition.get(key));
    return result.success ? [[key, result.data]] : [];
  });
  const parts: DefinitionParts = { ...Object.fromEntries(simple), searchSpace, sampler: sampler.value, objective: objective.value };
  return { parts, broken, samplerIsWhole: sampler.whole };
}

/** A space whose invalid parameters have one value, so that the other ones can be checked beside them. */
function spaceOf(given: unknown): Pick<ValidParts, 'broken'> & { readonly searchSpace: SearchSpace | undefined } {
  const broken = new Map<number, string | null>();
  if (!Array.isArray(given) || given.length === 0 || given.length > 64) return { searchSpace: undefined, broken };
  const searchSpace = given.map((one: unknown, index): Parameter => {
    const parameter = repaired(parameterSchema, one);
    if (parameter.value) return parameter.value;
    const named = namedSchema.safeParse(one);
    broken.set(index, named.success ? named.data.name : null);
    return { type: 'categorical', name: named.success ? named.data.name : `parameter-${index}`, choices: [0] };
  });
  return { searchSpace, broken };
}

/** Checks of a space that its schema leaves out where a parameter is invalid. */
function brokenSpaceViolations({ parts: { searchSpace = [] }, broken }: ValidParts): Violation[] {
  if (broken.size === 0) return [];
  const names = new Set(broken.values());
  return spaceViolations(searchSpace)
    .filter(({ path: [index] }) => {
      if (typeof index !== 'number' || broken.has(index)) return false;
      return !names.has(searchSpace[index]?.when?.parameter ?? '');
    })
    .map(({ path, message }) => ({ pointer: ['/searchSpace', ...path].join('/'), detail: message }));
}

/** True if a violation may come from a stand-in, or from the default of an invalid option. */
function isOfInvalidPart({ pointer }: Violation, { broken, samplerIsWhole }: ValidParts): boolean {
  const [, part, ...path] = pointer.split('/');
  if (part === 'sampler' && !samplerIsWhole) return true;
  if (part === 'searchSpace') return path[0] === undefined ? [...broken.values()].includes(null) : isOfBroken(path, broken);
  return path.some((key) => [...broken.values()].includes(key));
}

/** The name of an invalid parameter is checked all the same. */
function isOfBroken([index, key]: readonly string[], broken: ReadonlyMap<number, string | null>): boolean {
  const name = broken.get(Number(index));
  return name !== undefined && (name === null || key !== 'name');
}
