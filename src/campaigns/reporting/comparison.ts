import { metricOf } from '../../studies/definition/definition.ts';
import { rankingRuleOf, scoreOf } from '../../studies/definition/ranking.ts';
import { type Study, studyNotFound } from '../../studies/model/study.ts';
import type { Trial } from '../../studies/model/trial.ts';
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

/**
 * Reads the data of a comparison, all of one moment.
 *
 * @throws DomainError `study-not-found`
 */
export function comparedStudies(reader: CampaignReader, studyIds: readonly string[]): Promise<ComparedStudy[]> {
  return reader.snapshot(async (snapshot) => {
    const compared: ComparedStudy[] = [];
    // One after another: the reads of a snapshot share a connection.
    for (const id of studyIds) {
      const study = await snapshot.study(id);
      if (!study) throw studyNotFound(id);
      const [leader] = await snapshot.leaderboard(study.id, 1);
      compared.push({
        study,
        totals: await snapshot.trialTotals(study.id),
        best: leader && scoreOf(rankingRuleOf(study.spec), leader) !== null ? leader : null,
        improvements: await snapshot.improvements(study.id),
      });
    }
    return compared;
  });
}

/** Explains why the values of some studies do not compare: they are of different metrics. null if they are of one. */
export function whyIncomparable([first, ...others]: readonly Pick<ComparedStudy, 'study'>[]): string | null {
  if (!first) return null;
  const other = others.find(({ study }) => metricText(study) !== metricText(first.study));
  if (!other) return null;
  const shown = ({ id, spec }: Study): string => `${spec.name} (${id}) optimises ${metricText({ spec })}`;
  return `the studies optimise different metrics, whose values do not compare: ${shown(first.study)}, ${shown(other.study)}`;
}

/** A name alone says nothing: objectives may have metrics of one name. */
function metricText({ spec }: Pick<Study, 'spec'>): string {
  const { name, direction } = metricOf(spec);
  return `${name} of ${spec.objective.type} (${direction})`;
}
