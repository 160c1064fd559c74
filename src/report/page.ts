import type { ReportRepresentation } from '../api/report.ts';
import { bestSoFarFigure } from './best-so-far.ts';
import { finalistSections } from './finalists.ts';
import { generationFigures } from './generation-curves.ts';
import { escaped } from './html.ts';
import { methodTable } from './method-table.ts';
import { answer, definitionList, leaderTable } from './overview.ts';
import { parallelCoordinatesFigure } from './parallel-coordinates.ts';
import { style } from './style.ts';

/** The Content-Security-Policy of the page, which loads nothing: its style and plots are inline, and it has no script. */
export const reportPolicy =
  "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** Formats a report as one self-contained HTML page. */
export function reportPage(report: ReportRepresentation): string {
  const title = `${report.name} · ${report.kind} report`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)}</title>
<link rel="icon" href="data:,">
<style>${style}</style>
</head>
<body>
<header>
<h1>${escaped(report.name)}</h1>
<p class="soft">Report of ${report.kind} ${escaped(report.id)}</p>
</header>
<main>
${answer(report)}
${definitionList(report)}
${sections(report)
  .filter(([, content]) => content !== '')
  .map(([heading, content]) => `<section><h2>${escaped(heading)}</h2>\n${content}</section>`)
  .join('\n')}
</main>
</body>
</html>
`;
}

function sections(report: ReportRepresentation): [string, string][] {
  const measures = report.kind === 'campaign' || report.finalists.length > 0;
  return [
    [report.kind === 'campaign' ? 'Comparison of the methods' : 'Results and costs', methodTable(report)],
    ['Best value so far', bestSoFarFigure(report)],
    ['Values by generation', generationFigures(report)],
    ['The best configurations', leaderTable(report)],
    ['All trials', parallelCoordinatesFigure(report)],
    [`On ${report.definition.evaluation?.data ?? 'held-out data'}`, measures ? finalistSections(report) : ''],
  ];
}
