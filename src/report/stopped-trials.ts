import { metricLabel } from '../api/metric-label.ts';
import type { ReportRepresentation } from '../api/report.ts';
import type { StoppedRepresentation } from '../api/report-stopped.ts';
import { formFor } from '../shared/counted.ts';
import { decimal, parameterText, percent, whole } from './formats.ts';
import { escaped, scrolled } from './html.ts';

/** Formats which trials the pruner stopped, where and why; empty if it stopped none. */
export function stoppedTrials(report: ReportRepresentation): string {
  const { stopped, totals } = report;
  if (!stopped || stopped.steps.length === 0) return '';
  const { trialsPruned, trialsCharged, stepsSaved } = totals.search;
  const saved = stepsSaved > 0 ? `, which saved ${whole(stepsSaved)} ${formFor(stepsSaved, 'step')}` : '';
  return `<p>${whole(trialsPruned)} of ${whole(trialsCharged)} charged ${formFor(trialsCharged, 'trial')} ${formFor(trialsPruned, 'was', 'were')} stopped early${saved}. They have no rank.</p>
${stepTable(stopped, trialsPruned)}
<p>The stopped trials that got furthest:</p>
${furthestTable(report, stopped)}`;
}

/** The rungs of the report, and in a last row those that it leaves out. @param all number of stopped trials */
function stepTable({ steps }: StoppedRepresentation, all: number): string {
  const counts = (trials: number): string => `<td>${whole(trials)}</td><td>${percent(trials / all)}</td></tr>`;
  const rows = steps.map(({ rung, step, trials }) => `<tr><th scope="row">${rung}</th><td>${whole(step)}</td>${counts(trials)}`);
  const others = all - steps.reduce((sum, { trials }) => sum + trials, 0);
  if (others > 0) rows.push(`<tr><th scope="row" colspan="2">other steps</th>${counts(others)}`);
  const head = ['rung', 'after step', 'trials stopped', 'share'].map((name) => `<th scope="col">${name}</th>`).join('');
  return scrolled('Trials stopped at each rung', `<table><thead><tr>${head}</tr></thead><tbody>${rows.join('')}</tbody></table>`);
}

function furthestTable({ definition }: ReportRepresentation, { furthest }: StoppedRepresentation): string {
  const parameters = definition.searchSpace.map(({ name }) => name);
  const head = ['trial', 'after step', metricLabel(definition), ...parameters]
    .map((name) => `<th scope="col">${escaped(name)}</th>`)
    .join('');
  const rows = furthest.map(({ trial, step, value, reason, parameters: values }) => {
    const cells = [whole(step), decimal(value), ...parameters.map((name) => parameterText(values[name]))];
    return `<tr><th scope="row">${trial}</th>${cells.map((text) => `<td>${escaped(text)}</td>`).join('')}<td class="text">${escaped(reason)}</td></tr>`;
  });
  return scrolled(
    'The stopped trials that got furthest',
    `<table><thead><tr>${head}<th scope="col" class="text">reason</th></tr></thead><tbody>${rows.join('')}</tbody></table>`,
  );
}
