import { objectiveFor } from '../../objectives/table.ts';
import { DomainError, type Violation } from '../../shared/errors.ts';
import { plainWording } from '../../shared/schema-wording.ts';
import { parallelismSchema, type ResolvedSpec, samplerOf } from '../definition/definition.ts';
import { resolveSpec } from '../definition/resolve.ts';
import type { Outcome } from '../model/study.ts';
import { changedSpec } from './changed-spec.ts';
import type { StudyDocument } from './document.ts';
import { endViolations } from './end-violations.ts';
import { trialViolations, unfinishedViolations } from './trial-violations.ts';

/**
 * Checks a document alone, before anything is searched again. Violations of the definition come first and exclude all others,
 * because nothing else can be interpreted with them. Pointers are into the request.
 */
export function documentViolations(document: StudyDocument): Violation[] {
  const within = (violations: readonly Violation[]) =>
    violations.map(({ pointer, detail }) => ({ pointer: `/document${pointer}`, detail }));
  const definition = specViolations(document.spec).map(({ pointer, detail }) => ({ pointer: `/spec${pointer}`, detail }));
  if (definition.length > 0) return within(definition);
  const changes = specViolations(changedSpec(document)).map(({ pointer, detail }) => ({ pointer: `/changes${pointer}`, detail }));
  if (changes.length > 0) return within(changes);
  return within([
    ...versionViolations(document),
    ...endViolations('study', document, endStates),
    ...trialViolations(document),
    ...unfinishedViolations(document),
    ...checkpointViolations(document),
  ]);
}

/** Checks a definition across its fields, each of which is valid alone. Pointers are into the definition. */
export function specViolations(spec: ResolvedSpec): Violation[] {
  const { lineage, evaluate, ...definition } = spec;
  if (evaluate && objectiveFor(spec.objective).evaluations() === null)
    return [{ pointer: '/evaluate', detail: `the objective ${spec.objective.type} measures nothing on held-out data` }];
  const parallelism = parallelismSchema.safeParse(spec.parallelism, { error: plainWording });
  if (!parallelism.success) return parallelism.error.issues.map(({ message }) => ({ pointer: '/parallelism', detail: message }));
  const unordered = (lineage ?? []).findIndex(({ trials }, index) => index > 0 && trials <= (lineage?.[index - 1]?.trials ?? 0));
  if (unordered >= 0) return [{ pointer: `/lineage/${unordered}/trials`, detail: 'must be above that of the seed before' }];
  try {
    resolveSpec(definition, spec.seed);
    return [];
  } catch (error) {
    if (error instanceof DomainError && error.code === 'invalid-study') return [...error.violations];
    throw error;
  }
}

/** Rejects documents of other code versions: results of both versions would be mixed, and the search would be another one. */
function versionViolations({ spec, samplerVersion, objectiveVersion }: StudyDocument): Violation[] {
  const { name, version } = samplerOf(spec, samplerVersion);
  const violations: Violation[] = [];
  if (samplerVersion !== version)
    violations.push({
      pointer: '/samplerVersion',
      detail: `the study was searched by version ${samplerVersion} of the ${name} sampler and this service has version ${version}, which would continue differently`,
    });
  const objective = objectiveFor(spec.objective);
  if (objectiveVersion !== objective.version)
    violations.push({
      pointer: '/objectiveVersion',
      detail: `the study was evaluated by version ${objectiveVersion} of the objective ${objective.name} and this service has version ${objective.version}, which gives other results`,
    });
  return violations;
}

/** The state in which a study is after each end. */
const endStates: Readonly<Record<Outcome['reason'], readonly StudyDocument['state'][]>> = {
  budget: ['completed'],
  exhausted: ['completed'],
  target: ['completed'],
  'wall-clock': ['completed', 'failed'],
  'all-trials-failed': ['failed'],
  'trainer-unavailable': ['failed'],
  cancelled: ['cancelled'],
  version: ['failed'],
};

function checkpointViolations({ checkpoints }: StudyDocument): Violation[] {
  const index = checkpoints.findIndex(({ sequence }, place) => sequence !== place);
  return index < 0
    ? []
    : [{ pointer: `/checkpoints/${index}/sequence`, detail: `must be ${index}: the study checkpoints are in order from 0` }];
}
