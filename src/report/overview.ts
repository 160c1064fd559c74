import { changesText } from '../api/changes-text.ts';
import { forkSourceText } from '../api/fork-text.ts';
import { limitsText } from '../api/limit-text.ts';
import { metricLabel } from '../api/metric-label.ts';
import type { ReportRepresentation } from '../api/report.ts';
import type { ReportFrontRepresentation } from '../api/report-front.ts';
import type { LeaderRepresentation } from '../api/report-leaders.ts';
import { counted, formFor } from '../shared/counted.ts';
import { finderName } from './finalists.ts';
import { configurationText, decimal, duration, meanAndRange, momentText, parameterText, whole } from './formats.ts';
import { escaped, nothing, scrolled } from './html.ts';
import { headlineLabel } from './labels.ts';
import { withoutValue } from './limits.ts';

/** Formats the summary of the definition. */
export function definitionList(report: ReportRepresentation): string {
  const { definition, createdAt, endedAt, state, outcome, totals, forkedFrom, front } = report;
  const limits = limitsText(definition.constraints);
  const entries: [string, string][] = [
    ['state', outcome ? `${state}: ${outcome.detail}` : state],
    ['time', `${momentText(createdAt)} to ${endedAt === null ? 'now' : momentText(endedAt)}`],
    [
      'ranked by',
      front
        ? front.metrics.map(({ label, direction }) => `${label}, ${direction}d`).join('; ')
        : `${metricLabel(definition)}, ${definition.metric.direction}d`,
    ],
    ...(limits === '' ? [] : [['limits', limits] as [string, string]]),
    ['objective', definition.objective.text],
    ['search space', definition.searchSpace.map(parameterRange).join('; ')],
    ['seeds', `search ${definition.seed}, trainings ${definition.objectiveSeed}`],
  ];
  if (forkedFrom) entries.push(['forked from', forkSourceText(forkedFrom)]);
  if (definition.finalObjective)
    entries.push([
      'final',
      `${definition.finalObjective.text}; its values do not compare with those of the searches and are not plotted with them`,
    ]);
  if (definition.repeats !== null)
    entries.push(['repeats', `${definition.repeats} for each finalist: ${definition.repeatObjective?.text ?? definition.objective.text}`]);
  const { search } = totals;
  const reused = search.stepsDone === 0 ? '' : ` (${Math.round((100 * search.stepsReused) / search.stepsDone)} % reused)`;
  const stopped =
    search.trialsPruned === 0
      ? ''
      : `; ${whole(search.trialsPruned)} ${formFor(search.trialsPruned, 'trial')} stopped early${search.stepsSaved > 0 ? `, which saved ${whole(search.stepsSaved)} ${formFor(search.stepsSaved, 'step')}` : ''}`;
  entries.push([
    endedAt === null ? 'the search so far' : 'the search',
    `${whole(search.trialsCharged)} charged ${formFor(search.trialsCharged, 'trial')} with ${whole(search.trainings)} ${formFor(search.trainings, 'training')}; ${whole(search.stepsDone)} ${formFor(search.stepsDone, 'step')} done, ${whole(search.stepsTrained)} trained${reused}${stopped}; ${duration(search.coreSeconds)} on one core`,
  ]);
  return `<dl>${entries.map(([term, text]) => `<dt>${term}</dt><dd>${escaped(text)}</dd>`).join('')}</dl>`;
}

/** Formats the best configuration and its results. */
export function answer(report: ReportRepresentation): string {
  if (report.front) return frontAnswer(report, report.front);
  const winner = report.finalists.find((finalist) => finalist.winner);
  const { evaluation } = report.definition;
  const metric = metricLabel(report.definition);
  if (!winner) {
    const [leader] = report.leaders;
    if (!leader) return nothing(report, withoutValue(report));
    const place = report.endedAt === null ? 'Best so far' : 'Best';
    return `<p class="answer"><strong>${place}: ${escaped(configurationText(leader.parameters))}</strong><br>${escaped(metric)} ${decimal(leader.value)}, found by ${escaped(leader.part)} in trial ${leader.trial}${escaped(changesNote(report, leader))}</p>`;
  }
  const headline = evaluation?.headline ?? '';
  const found = winner.test
    ? `${headlineLabel(report.definition)} ${decimal(winner.test.values[headline] ?? null)} in its first training`
    : `not yet measured on ${evaluation?.data ?? 'held-out data'}`;
  const repeats = winner.ranges ? `; ${meanAndRange(winner.ranges[headline])} over ${repeatsText(winner)}` : '';
  return `<p class="answer"><strong>Winner: ${escaped(configurationText(winner.parameters))}</strong><br>${escaped(metric)} ${decimal(winner.value)}, found by ${escaped(winner.foundBy.map(finderName).join(' and '))}; ${escaped(found)}${repeats}</p>`;
}

/** Says with which values a trial took its earlier steps, if they were others. */
function changesNote({ definition }: ReportRepresentation, leader: LeaderRepresentation): string {
  const changes = changesText(definition.searchSpace, leader);
  return changes === '' ? '' : `; its earlier steps had other values: ${changes}`;
}

/** Formats the size of the front and the best value of each metric on it. */
function frontAnswer(report: ReportRepresentation, { metrics, members, size }: ReportFrontRepresentation): string {
  if (members.length === 0) return nothing(report, withoutValue(report));
  const ends = metrics.map(({ name, label, direction }) => {
    const all = members.flatMap(({ values }) => values[name] ?? []);
    return `best ${label} ${decimal(direction === 'maximize' ? Math.max(...all) : Math.min(...all))}`;
  });
  return `<p class="answer"><strong>${counted(size, 'trial')} on the front</strong><br>${escaped(ends.join('; '))}</p>`;
}

function repeatsText({ repeats }: ReportRepresentation['finalists'][number]): string {
  const measured = repeats.filter((repeat) => repeat.test !== null).length;
  return counted(measured, 'repeat');
}

/** Formats the best different configurations of all searches, and separately those of a final whose values do not compare with theirs. */
export function leaderTable(report: ReportRepresentation): string {
  const { leaders, finalLeaders, definition } = report;
  if (leaders.length === 0) return nothing(report, withoutValue(report));
  const searched = rankedTable(report, leaders);
  if (finalLeaders.length === 0) return searched;
  const text = ({ text }: ReportRepresentation['definition']['objective']): string => escaped(text);
  return `<p>Of the searches (${text(definition.objective)}):</p>${searched}
<p>Of the final (${text(definition.finalObjective ?? definition.objective)}):</p>${rankedTable(report, finalLeaders)}`;
}

/** With a column for the changes on the way if there were any. */
function rankedTable({ definition }: ReportRepresentation, leaders: readonly LeaderRepresentation[]): string {
  const parameters = definition.searchSpace.map(({ name }) => name);
  const changes = leaders.map((leader) => changesText(definition.searchSpace, leader));
  const hasChanges = changes.some((text) => text !== '');
  const head = ['rank', 'found by', 'trial', ...parameters, metricLabel(definition)].map((name) => `<th scope="col">${escaped(name)}</th>`);
  if (hasChanges) head.push('<th scope="col" class="text">changed on the way</th>');
  const rows = leaders.map(({ part, trial, value, parameters: values }, index) => {
    const cells = [part, String(trial), ...parameters.map((name) => parameterText(values[name])), decimal(value)];
    return `<tr><th scope="row">${index + 1}</th>${cells.map((text) => `<td>${escaped(text)}</td>`).join('')}${hasChanges ? `<td class="text">${escaped(changes[index] ?? '')}</td>` : ''}</tr>`;
  });
  return scrolled(
    'The best configurations',
    `<table class="leaders"><thead><tr>${head.join('')}</tr></thead><tbody>${rows.join('')}</tbody></table>`,
  );
}

function parameterRange(parameter: ReportRepresentation['definition']['searchSpace'][number]): string {
  if (parameter.type === 'categorical') return `${parameter.name}: ${parameter.choices.map(String).join(', ')}`;
  const { name, low, high, step, scale } = parameter;
  const by = step === undefined || (parameter.type === 'int' && step === 1) ? '' : ` by ${step}`;
  return `${name}: ${low} … ${high}${by}${scale === 'log' ? ' (log)' : ''}`;
}
