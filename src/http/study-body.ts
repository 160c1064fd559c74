import type { ViolationRepresentation } from '../api/problem.ts';
import { studyOptionsSchema } from '../api/study-request.ts';
import { pointerOf } from '../shared/json-pointer.ts';
import { didYouMean } from '../shared/suggestion.ts';
import { type StudySpec, studySpecSchema } from '../studies/definition/definition.ts';
import { partialViolations } from '../studies/definition/partial.ts';
import { expandPreset, presets } from '../studies/definition/presets.ts';
import { HttpProblem } from './http-problem.ts';
import { check, distinct, type Finding } from './issues.ts';

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
export function studyFromBody(body: unknown): StudyOrder {
  const { definition, ...members } = separated(body);
  const options = check(studyOptionsSchema, members);
  const whole = expanded(definition);
  const result = check(studySpecSchema, whole);
  const violations = [options, result].flatMap((checked) => ('findings' in checked ? checked.findings.map(violationOf) : []));
  if ('findings' in result) violations.push(...partialViolations(whole));
  if (violations.length > 0 || !('value' in result) || !('value' in options)) throw invalidStudy(distinct(violations));
  return { spec: result.value, dryRun: options.value.dryRun };
}

/** Takes the members of a body that are not of the definition out of it. */
function separated(body: unknown): { readonly dryRun?: unknown; readonly evaluate?: unknown; readonly definition: unknown } {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return { definition: body };
  const { dryRun, evaluate, ...definition }: Record<string, unknown> = { ...body };
  return { dryRun, evaluate, definition };
}

function violationOf({ path, detail }: Finding): ViolationRepresentation {
  return { pointer: pointerOf(path), detail };
}

function expanded(body: unknown): unknown {
  if (body === undefined || body === null) throw invalidStudy([{ pointer: '', detail: 'the body must be a study definition in JSON' }]);
  if (typeof body !== 'object' || !('preset' in body)) return body;
  const { preset, ...overrides } = body;
  const names = presets.map(({ name }) => name);
  if (typeof preset !== 'string' || !names.includes(preset))
    throw invalidStudy([{ pointer: '/preset', detail: `must be one of ${names.join(', ')}${didYouMean(preset, names)}` }]);
  return expandPreset(preset, { ...overrides });
}

function invalidStudy(violations: readonly ViolationRepresentation[]): HttpProblem {
  return new HttpProblem(
    'invalid-study',
    `the study definition has ${violations.length === 1 ? 'an error' : `${violations.length} errors`}`,
    violations,
  );
}
