import type { ReportRepresentation } from '../api/report.ts';
import type { ReportFrontRepresentation } from '../api/report-front.ts';
import { rungWords } from '../api/rounds.ts';
import { bestSoFarFigure } from './best-so-far.ts';
import { changedValues } from './changed-values.ts';
import { finalistSections } from './finalists.ts';
import { frontFigures, frontTable, hypervolumeFigure } from './front-figures.ts';
import { generationFigures } from './generation-curves.ts';
import { htmlPage } from './html-page.ts';
import { sentence } from './labels.ts';
import { learningCurveFigures } from './learning-curves.ts';
import { methodTable } from './method-table.ts';
import { answer, definitionList, leaderTable } from './overview.ts';
import { parallelCoordinatesFigure } from './parallel-coordinates.ts';
import { rungTable } from './rung-table.ts';
import { stoppedTrials } from './stopped-trials.ts';

/** Formats a report as one self-contained HTML page. */
export function reportPage(report: ReportRepresentation): string {
  return htmlPage({
    title: `${report.name} · ${report.kind} report`,
    heading: report.name,
    subtitle: `Report of ${report.kind} ${report.id}`,
    summary: `${answer(report)}\n${definitionList(report)}`,
    sections: sections(report),
  });
}

function sections(report: ReportRepresentation): [string, string][] {
  if (report.front) return frontSections(report, report.front);
  const measures = report.kind === 'campaign' || report.finalists.length > 0;
  return [
    [report.kind === 'campaign' ? 'Comparison of the methods' : 'Results and costs', methodTable(report)],
    ['Best value so far', bestSoFarFigure(report)],
    ['Values by generation', generationFigures(report)],
    ['Learning curves', learningCurveFigures(report)],
    ['The best configurations', leaderTable(report)],
    ['How the values changed', changedValues(report)],
    [sentence(`${rungWords(report).one}s`), rungTable(report)],
    ['Stopped trials', stoppedTrials(report)],
    ['All trials', parallelCoordinatesFigure(report)],
    [`On ${report.definition.evaluation?.data ?? 'held-out data'}`, measures ? finalistSections(report) : ''],
  ];
}

/** The sections of a study with several metrics, which has a front in place of a best trial. */
function frontSections(report: ReportRepresentation, front: ReportFrontRepresentation): [string, string][] {
  return [
    ['Costs', methodTable(report)],
    ['The front', frontFigures(report, front)],
    ['Hypervolume', hypervolumeFigure(report, front)],
    ['Trials of the front', frontTable(report, front)],
  ];
}
