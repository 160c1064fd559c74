import type { ComparedStudyRepresentation, ComparisonRepresentation } from '../api/comparison.ts';
import { studyNames } from '../api/study-names.ts';
import { counted } from '../shared/counted.ts';
import { comparisonCurves } from './comparison-curves.ts';
import { bestTable, differenceTable, studyTable } from './comparison-tables.ts';
import { configurationText, decimal } from './formats.ts';
import { escaped } from './html.ts';
import { htmlPage } from './html-page.ts';

/** Formats a comparison as one self-contained HTML page. */
export function comparisonPage(comparison: ComparisonRepresentation): string {
  const { studies, label, metrics, differences, remark } = comparison;
  const [metric] = metrics;
  const title = `Comparison of ${counted(studies.length, 'study', 'studies')}`;
  return htmlPage({
    title: `${studyNames(studies).join(' · ')} · comparison`,
    heading: title,
    subtitle: `Ranked by ${label}${metric ? `, ${metric.direction}d` : ''}`,
    summary: answer(comparison) + (remark === null ? '' : `<p>${escaped(remark)}</p>`),
    sections: [
      ['Results and costs', studyTable(comparison)],
      ['Best value so far', comparisonCurves(comparison)],
      ['The best configurations', bestTable(comparison)],
      ['Differences of the definitions', differences.length === 0 ? sameDefinition : differenceTable(comparison)],
    ],
  });
}

const sameDefinition = '<p>The definitions differ in nothing but their names.</p>';

function answer({ studies, label }: ComparisonRepresentation): string {
  const names = studyNames(studies);
  const best = studies.flatMap((study, index) => (study.rank === 1 ? [{ study, name: names[index] ?? study.name }] : []));
  const [winner, ...others] = best;
  if (!winner?.study.best) return '<p class="nothing">No trial has a value yet.</p>';
  const { parameters, value, number } = winner.study.best;
  const place = isOpen(studies) ? 'Best so far' : 'Best';
  const equal = others.length > 0 ? `; equal to the best of ${others.map(({ name }) => name).join(' and ')}` : '';
  return `<p class="answer"><strong>${place}: ${escaped(winner.name)}</strong><br>${escaped(
    `${label} ${decimal(value)} in trial ${number}: ${configurationText(parameters)}${equal}`,
  )}</p>`;
}

function isOpen(studies: readonly ComparedStudyRepresentation[]): boolean {
  return studies.some(({ endedAt }) => endedAt === null);
}
