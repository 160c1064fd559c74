import type { ViolationRepresentation } from '../api/problem.ts';
import { studyOptionsSchema } from '../api/study-request.ts';
import { countedErrors } from '../shared/counted.ts';
import { mappedInSlices } from '../shared/slices.ts';
import { didYouMean } from '../shared/suggestion.ts';
import { type StudySpec, studySpecSchema } from '../studies/definition/definition.ts';
import { givenAtOnce, givenTrialsSchema, mostGiven } from '../studies/definition/given-trials.ts';
import { partialViolations } from '../studies/definition/partial.ts';
import { expandPreset, presets } from '../studies/definition/presets.ts';
import { HttpProblem } from './http-problem.ts';
import { check, distinct, findingsOf, representFinding } from './issues.ts';

/** The content of a request for a study. */
export interface StudyOrder {
  /** Defaults that need the whole definition are filled in later. */
  readonly spec: StudySpec;
  readonly dryRun: boolean;
}

/**
 * Reads a request for a study: a full definition, or a preset with overrides.
 *
 * @throws HttpProblem `invalid-study` that lists every violation
 */
export async function studyFromBody(body: unknown): Promise<StudyOrder> {
  if (body === undefined || body === null) throw invalidStudy([{ pointer: '', detail: 'the body must be a study definition in JSON' }]);
  const { definition, ...members } = separated(body);
  const options = check(studyOptionsSchema, members);
  const whole = expanded(definition);
  const violations = findingsOf(options).map(representFinding);
  // Without a known preset, the definition cannot be checked.
  if ('violation' in whole) throw invalidStudy([...violations, whole.violation]);
  const result = await checkedInPieces(whole.definition);
  violations.push(...findingsOf(result).map(representFinding));
  if ('findings' in result) violations.push(...partialViolations(withSampler(whole.definition)));
  if (violations.length > 0 || !('value' in result) || !('value' in options)) throw invalidStudy(distinct(violations));
  return { spec: result.value, dryRun: options.value.dryRun };
}

/**
 * Checks a definition. Its given trials are checked some at a time: there may be thousands, and the process must answer others meanwhile.
 */
async function checkedInPieces(definition: unknown): Promise<ReturnType<typeof check<typeof studySpecSchema>>> {
  const given = definition instanceof Object && 'givenTrials' in definition ? definition.givenTrials : undefined;
  if (!Array.isArray(given) || given.length <= givenAtOnce || given.length > mostGiven) return check(studySpecSchema, definition);
  const results = await mappedInSlices(given, givenAtOnce, (some, first) => [{ first, result: check(givenTrialsSchema, some) }]);
  const whole = check(studySpecSchema, { ...Object(definition), givenTrials: undefined });
  const findings = results.flatMap(({ first, result }) =>
    findingsOf(result).map(({ path: [index, ...path], detail }) => ({ path: ['givenTrials', first + Number(index), ...path], detail })),
  );
  if ('findings' in whole || findings.length > 0) return { findings: [...findingsOf(whole), ...findings] };
  return { value: { ...whole.value, givenTrials: results.flatMap(({ result }) => ('value' in result ? result.value : [])) } };
}

/** Takes the members of a body that are not of the definition out of it. */
function separated(body: unknown): { readonly dryRun?: unknown; readonly evaluate?: unknown; readonly definition: unknown } {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return { definition: body };
  const { dryRun, evaluate, ...definition }: Record<string, unknown> = { ...body };
  return { dryRun, evaluate, definition };
}

/** A definition with the sampler that it has if it names none. */
function withSampler(definition: unknown): unknown {
  return definition instanceof Object && !('sampler' in definition) ? { ...definition, sampler: { type: 'auto' } } : definition;
}

function expanded(body: unknown): { readonly definition: unknown } | { readonly violation: ViolationRepresentation } {
  if (typeof body !== 'object' || body === null || !('preset' in body)) return { definition: body };
  const { preset, ...overrides } = body;
  const names = presets.map(({ name }) => name);
  if (typeof preset !== 'string' || !names.includes(preset))
    return { violation: { pointer: '/preset', detail: `must be one of ${names.join(', ')}${didYouMean(preset, names)}` } };
  return { definition: expandPreset(preset, { ...overrides }) };
}

function invalidStudy(violations: readonly ViolationRepresentation[]): HttpProblem {
  return new HttpProblem('invalid-study', `the study definition has ${countedErrors(violations)}`, violations);
}
