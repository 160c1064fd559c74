import type { ViolationRepresentation } from '../api/problem.ts';
import { type StudySpec, studySpecSchema } from '../studies/definition/definition.ts';
import { partialViolations } from '../studies/definition/partial.ts';
import { expandPreset, presets } from '../studies/definition/presets.ts';
import { HttpProblem } from './http-problem.ts';
import { check, pointerOf } from './issues.ts';

/**
 * Reads the study definition in a body: a full one, or a preset with overrides. Defaults that need the whole definition are
 * filled in later.
 *
 * @throws HttpProblem `invalid-study` that lists every violation
 */
export function studyFromBody(body: unknown): StudySpec {
  const definition = expanded(body);
  const result = check(studySpecSchema, definition);
  if ('value' in result) return result.value;
  const invalid = result.findings.map(({ path, detail }) => ({ pointer: pointerOf(path), detail }));
  throw invalidStudy([...invalid, ...partialViolations(definition)]);
}

function expanded(body: unknown): unknown {
  if (body === undefined || body === null) throw invalidStudy([{ pointer: '', detail: 'the body must be a study definition in JSON' }]);
  if (typeof body !== 'object' || !('preset' in body)) return body;
  const { preset, ...overrides } = body;
  const names = presets.map(({ name }) => name);
  if (typeof preset !== 'string' || !names.includes(preset))
    throw invalidStudy([{ pointer: '/preset', detail: `must be one of ${names.join(', ')}` }]);
  return expandPreset(preset, { ...overrides });
}

function invalidStudy(violations: readonly ViolationRepresentation[]): HttpProblem {
  return new HttpProblem(
    'invalid-study',
    `the study definition has ${violations.length === 1 ? 'an error' : `${violations.length} errors`}`,
    violations,
  );
}
