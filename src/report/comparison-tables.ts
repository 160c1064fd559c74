import type { ComparedStudyRepresentation, ComparisonRepresentation } from '../api/comparison.ts';
import { forkText } from '../api/fork-text.ts';
import { studyNames } from '../api/study-names.ts';
import { formFor } from '../shared/counted.ts';
import { absent, decimal, duration, parameterText, whole } from './formats.ts';
import { escaped, scrolled } from './html.ts';

/** Formats a row for each study with its best value and its costs. */
export function studyTable({ studies, label }: ComparisonRepresentation): string {
  const names = studyNames(studies);
  const head = [
    `<tr><th scope="col" rowspan="2">study</th><th scope="col" rowspan="2">rank</th><th scope="col" rowspan="2">${escaped(label)}</th>`,
    '<th scope="colgroup" colspan="3">trials</th><th scope="colgroup" colspan="4">steps</th><th scope="colgroup" colspan="2">time</th></tr>',
    '<tr><th scope="col">charged</th><th scope="col">failed</th><th scope="col">stopped</th><th scope="col">done</th><th scope="col">trained</th><th scope="col">reused</th><th scope="col">saved</th>',
    '<th scope="col">wall-clock</th><th scope="col">core</th></tr>',
  ];
  const rows = studies.map((study, index) => studyRow(study, names[index] ?? study.name));
  return scrolled('Studies', `<table class="methods"><thead>${head.join('')}</thead><tbody>${rows.join('')}</tbody></table>`);
}

function studyRow({ id, state, method, rank, best, cost, forkedFrom }: ComparedStudyRepresentation, name: string): string {
  const badge = state === 'completed' ? '' : ` <span class="state">${state}</span>`;
  const fork = forkedFrom ? `<small>${escaped(forkText(forkedFrom))}</small>` : '';
  const cells = [
    rank === null ? absent : String(rank),
    decimal(best?.value ?? null),
    whole(cost.trialsCharged),
    whole(cost.trialsFailed),
    whole(cost.trialsPruned),
    whole(cost.stepsDone),
    whole(cost.stepsTrained),
    whole(cost.stepsReused),
    whole(cost.stepsSaved),
    duration(cost.wallClockSeconds),
    duration(cost.coreSeconds),
  ];
  const title = `${escaped(name)}${badge}<small>${escaped(method)}</small><small>${id}</small>${fork}`;
  return `<tr><th scope="row">${title}</th>${cells.map((text) => `<td>${text}</td>`).join('')}</tr>`;
}

/** Formats the best configuration of each study, the best study first. */
export function bestTable({ studies, label }: ComparisonRepresentation): string {
  const names = studyNames(studies);
  const found = studies.flatMap(({ best, rank }, index) => (best && rank !== null ? [{ best, rank, name: names[index] ?? '' }] : []));
  if (found.length === 0) return '<p class="nothing">No trial has a value yet.</p>';
  const parameters = [...new Set(found.flatMap(({ best }) => Object.keys(best.parameters)))];
  const head = ['rank', 'study', 'trial', ...parameters, label].map((text) => `<th scope="col">${escaped(text)}</th>`);
  const rows = found
    .sort((one, other) => one.rank - other.rank)
    .map(({ best, rank, name }) => {
      const cells = [name, String(best.number), ...parameters.map((key) => parameterText(best.parameters[key])), decimal(best.value)];
      return `<tr><th scope="row">${rank}</th>${cells.map((text) => `<td>${escaped(text)}</td>`).join('')}</tr>`;
    });
  return scrolled(
    'The best configurations',
    `<table class="leaders"><thead><tr>${head.join('')}</tr></thead><tbody>${rows.join('')}</tbody></table>`,
  );
}

/** Formats a row for each key in which the definitions differ. */
export function differenceTable({ studies, differences, differencesLeftOut }: ComparisonRepresentation): string {
  const head = ['key', ...studyNames(studies)].map((text) => `<th scope="col">${escaped(text)}</th>`);
  const rows = differences.map(({ key, values }) => {
    const cells = values.map(({ value }) => `<td>${value === null ? absent : escaped(parameterText(value))}</td>`);
    return `<tr><th scope="row">${escaped(key)}</th>${cells.join('')}</tr>`;
  });
  const more =
    differencesLeftOut > 0
      ? `<p class="soft">${whole(differencesLeftOut)} more ${formFor(differencesLeftOut, 'key')} differ${differencesLeftOut === 1 ? 's' : ''}.</p>`
      : '';
  return `${scrolled('Differences', `<table class="differences"><thead><tr>${head.join('')}</tr></thead><tbody>${rows.join('')}</tbody></table>`)}${more}`;
}
