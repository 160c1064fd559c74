import { objectiveFor } from '../../objectives/table.ts';
import { hasSeveralMetrics, metricOf } from '../../studies/definition/definition.ts';
import { type Study, studyNotFound } from '../../studies/model/study.ts';
import type { Trial } from '../../studies/model/trial.ts';
import { bestTrial } from '../../studies/ports/best-trial.ts';
import type { Improvement, TrialTotals } from '../../studies/ports/report-reads.ts';
import type { CampaignReader } from '../ports.ts';

/** The data of one study in a comparison. */
export interface ComparedStudy {
  readonly study: Study;
  readonly totals: TrialTotals;
  /** null if no trial has a score (see `scoreOf`). */
  readonly best: Trial | null;
  readonly improvements: readonly Improvement[];
}

/** The data of a comparison, or the reason for which the studies do not compare. */
export type Comparison = { readonly compared: readonly ComparedStudy[] } | { readonly incomparable: string };

/**
 * Reads the data of a comparison, all of one moment. Trials are read only if the studies compare.
 *
 * @throws DomainError `study-not-found`
 */
export function comparedStudies(reader: CampaignReader, studyIds: readonly string[]): Promise<Comparison> {
  return reader.snapshot(async (snapshot) => {
    // One after another: the reads of a snapshot share a connection.
    const studies: Study[] = [];
    for (const id of studyIds) {
      const study = await snapshot.study(id);
      if (!study) throw studyNotFound(id);
      studies.push(study);
    }
    const incomparable = whyIncomparable(studies);
    if (incomparable !== null) return { incomparable };
    const compared: ComparedStudy[] = [];
    for (const study of studies) {
      compared.push({
        study,
        best: await bestTrial(snapshot, study),
        totals: await snapshot.trialTotals(study.id),
        improvements: await snapshot.improvements(study.id),
      });
    }
    return { compared };
  });
}

/** Cautions a reader whose studies have a task that only the client knows; null if the service knows it. */
export function comparisonRemark(studies: readonly Pick<Study, 'spec'>[]): string | null {
  const isKnown = studies.every(({ spec }) => objectiveFor(spec.objective).task() !== null);
  return isKnown ? null : 'Workers of clients evaluated these trials: the service cannot check that the studies measure the same task.';
}

type Described = Pick<Study, 'id' | 'spec'>;

/** Explains why the values of some studies do not compare: they are of different metrics or tasks. null if they are of one. */
export function whyIncomparable([first, ...others]: readonly Described[]): string | null {
  if (!first) return null;
  const several = [first, ...others].find(({ spec }) => hasSeveralMetrics(spec));
  if (several) {
    const names = several.spec.metrics.map(({ name }) => name).join(' and ');
    return `${several.spec.name} (${several.id}) optimises ${names}: with several metrics no single value compares, but the hypervolume of fronts at one reference point does`;
  }
  for (const [what, textOf] of [
    ['optimise different metrics', metricText],
    ['measure different tasks', taskText],
  ] as const) {
    const other = others.find(({ spec }) => textOf(spec) !== textOf(first.spec));
    const shown = ({ id, spec }: Described): string => `${spec.name} (${id}) ${textOf(spec)}`;
    if (other) return `the studies ${what}, whose values do not compare: ${shown(first)}, ${shown(other)}`;
  }
  return null;
}

/** A name alone says nothing: objectives may have metrics of one name. */
function metricText(spec: Study['spec']): string {
  const { name, direction } = metricOf(spec);
  return `optimises ${name} of ${spec.objective.type} (${direction})`;
}

function taskText({ objective }: Study['spec']): string {
  const options = Object.entries(objectiveFor(objective).task() ?? {}).map(([name, value]) => `${name} ${value}`);
  return `has ${options.join(', ')}`;
}
