import { metricLabel } from '../api/metric-label.ts';
import type { ReportRepresentation } from '../api/report.ts';
import type { RungRepresentation } from '../api/report-rungs.ts';
import { rungWords } from '../api/rounds.ts';
import { formFor } from '../shared/counted.ts';
import { decimal, whole } from './formats.ts';
import { escaped, scrolled } from './html.ts';

/** Formats how many trials each rung, or each round of a population, had, and how many went on; empty for a search without rungs. */
export function rungTable(report: ReportRepresentation): string {
  const { rungs } = report;
  if (!rungs) return '';
  const { one, heading, goingOn, savesSteps } = rungWords(report);
  const head = [one, 'steps', 'trials', 'went on', `best ${metricLabel(report.definition)}`, ...(savesSteps ? ['steps saved'] : [])];
  const rows = rungs.map((rung) => {
    const cells = [
      stepsText(rung),
      whole(rung.trials),
      whole(rung.wentOn),
      decimal(rung.best),
      ...(savesSteps ? [whole(rung.stepsSaved)] : []),
    ];
    return `<tr><th scope="row">${rung.rung}</th>${cells.map((text) => `<td>${text}</td>`).join('')}</tr>`;
  });
  const columns = head.map((name) => `<th scope="col">${escaped(name)}</th>`).join('');
  return `<p>Each trial that goes on is ${goingOn}. ${savesSteps ? savedText(rungs) : copiedText}</p>
${scrolled(heading, `<table><thead><tr>${columns}</tr></thead><tbody>${rows.join('')}</tbody></table>`)}`;
}

const copiedText = 'After each round but the last, the members of the other trials copied another one.';

function savedText(rungs: readonly RungRepresentation[]): string {
  const saved = rungs.reduce((sum, { stepsSaved }) => sum + stepsSaved, 0);
  return `Running all trials to the end would have taken ${whole(saved)} more ${formFor(saved, 'step')}.`;
}

function stepsText({ fewestSteps, mostSteps }: RungRepresentation): string {
  return fewestSteps === mostSteps ? whole(mostSteps) : `${whole(fewestSteps)} to ${whole(mostSteps)}`;
}
