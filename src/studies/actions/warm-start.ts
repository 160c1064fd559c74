import { objectiveFor } from '../../objectives/table.ts';
import { earlierValuesOf } from '../../samplers/origin.ts';
import { digestOf } from '../../shared/digest.ts';
import type { Violation } from '../../shared/errors.ts';
import { canonicalPoint, pointViolations } from '../../space/point.ts';
import { type Metric, naturalDirection, type StudySpec } from '../definition/definition.ts';
import { type GivenTrial, mostGiven } from '../definition/given-trials.ts';
import { neededValues } from '../definition/ranking.ts';
import { refuse } from '../definition/resolve.ts';
import { definitionViolations, newDefinitionViolations } from '../definition/violations.ts';
import { isTaken, type WarmStart } from '../definition/warm-start.ts';
import type { Study } from '../model/study.ts';
import type { Trial } from '../model/trial.ts';
import type { StudyReader } from '../ports/reader.ts';

/** Trials that are read at a time. */
const pageSize = 500;

/**
 * Copies the results of the studies that a new one starts from into its given trials: those that completed and count, by study, then
 * by number. Trials whose values changed are left out: a configuration alone does not lead to their results. A study that was copied before is left
 * as it is.
 *
 * @param mayRead false for a study that the caller may not read: it is refused as one that does not exist
 * @throws DomainError `invalid-study` that lists every violation, if a study cannot be started from
 */
export async function withWarmStart(
  reader: StudyReader,
  spec: StudySpec,
  mayRead: (studyId: string) => Promise<boolean>,
): Promise<StudySpec> {
  const { warmStart = [], givenTrials = [] } = spec;
  if (warmStart.every(isTaken)) return spec;
  const violations: Violation[] = [];
  const taken: WarmStart[] = [];
  const given = [...givenTrials];
  await reader.snapshot(async (snapshot) => {
    for (const [index, source] of warmStart.entries()) {
      const copied = isTaken(source)
        ? { trials: [], source }
        : (await mayRead(source.study))
          ? await copiedFrom(snapshot, source.study, spec)
          : noStudy(source.study);
      if (typeof copied === 'string') violations.push({ pointer: `/warmStart/${index}/study`, detail: copied });
      else {
        taken.push(copied.source);
        given.push(...copied.trials);
      }
    }
  });
  if (given.length > mostGiven)
    violations.push({
      pointer: '/warmStart',
      detail: `gives ${given.length} trials with those of givenTrials; at most ${mostGiven} are possible`,
    });
  if (violations.length > 0) refuse([...definitionViolations(spec), ...newDefinitionViolations(spec), ...violations]);
  return { ...spec, warmStart: taken, givenTrials: given };
}

interface Copied {
  readonly trials: readonly GivenTrial[];
  readonly source: WarmStart;
}

/** @returns the reason for which nothing can be copied, if there is one */
async function copiedFrom(reader: StudyReader, id: string, spec: StudySpec): Promise<Copied | string> {
  const study = await reader.study(id.toLowerCase());
  if (!study) return noStudy(id);
  const difference = metricDifference(study.spec.metrics, spec);
  if (difference !== null) return difference;
  const trials: GivenTrial[] = [];
  let left = 0;
  for await (const trial of completedTrials(reader, study)) {
    const given = trial.diverged || earlierValuesOf(trial.origin).length > 0 ? null : givenOf(spec, study.spec.name, trial);
    if (given) trials.push(given);
    else left += 1;
  }
  return { trials, source: { study: study.id, name: study.spec.name, digest: digestOf(trials), taken: trials.length, left } };
}

function noStudy(id: string): string {
  return `there is no study ${id}`;
}

function metricDifference(theirs: readonly Metric[], { metrics, objective }: StudySpec): string | null {
  const natural = (name: string) => naturalDirection(objectiveFor(objective), name) ?? 'maximize';
  const text = (all: readonly Metric[]): string => all.map(({ name, direction }) => `${name} (${direction})`).join(', ');
  const own = metrics.map(({ name, direction }) => ({ name, direction: direction ?? natural(name) }));
  const isIn = (all: readonly Metric[], { name, direction }: Metric): boolean =>
    all.some((other) => other.name === name && other.direction === direction);
  // Results are copied by the names of their values, in any order.
  if (theirs.length === own.length && own.every((metric) => isIn(theirs, metric))) return null;
  return `the study optimises ${text(theirs)}, this one ${text(own)}: values of different metrics do not compare`;
}

/** The completed trials of a study that count, by number. */
async function* completedTrials(reader: StudyReader, { id: studyId, outcome }: Study): AsyncGenerator<Trial> {
  const last = outcome?.lastTrial ?? Number.POSITIVE_INFINITY;
  let after: number | undefined;
  do {
    const { items, next } = await reader.trials({ studyId, state: 'completed', limit: pageSize, after });
    yield* items.filter(({ number }) => number <= last);
    after = next === null ? undefined : items.at(-1)?.number;
  } while (after !== undefined);
}

/**
 * A result as it is given to another search space; null if the configuration is not in it, or if it lacks a value that a constraint names.
 * Parameters that the space lacks are dropped.
 */
function givenOf(spec: StudySpec, study: string, { number, parameters, values }: Trial): GivenTrial | null {
  const { searchSpace: space } = spec;
  const names = new Set(space.map(({ name }) => name));
  const kept = Object.fromEntries(Object.entries(parameters).filter(([name]) => names.has(name)));
  if (values === null || neededValues(spec).some((name) => !Object.hasOwn(values, name))) return null;
  if (pointViolations(space, kept, { pointer: '', within: '' }).length > 0) return null;
  return { parameters: { ...canonicalPoint(space, kept) }, values: { ...values }, from: { study, number } };
}
