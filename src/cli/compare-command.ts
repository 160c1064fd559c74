import type { ComparedStudyRepresentation, ComparisonRepresentation } from '../api/comparison.ts';
import { studyNames } from '../api/study-names.ts';
import { durationText } from './durations.ts';
import { exitCodes } from './exit-codes.ts';
import { writeOutputFile } from './output-file.ts';
import { type Column, tableText } from './table.ts';
import { type AddCommand, type CommandTools, type ConnectionOptions, type RunCommand, writeJson, writeLine } from './tools.ts';
import { decimals } from './value-text.ts';

type CompareOptions = ConnectionOptions & { readonly html?: string; readonly json?: true };

/** Adds `clavier study compare`. */
export function addCompareCommand(add: AddCommand, run: RunCommand): void {
  add('compare <study> <studies...>', 'compare 2 to 10 studies that optimise the same metric: results, costs, and differing definitions')
    .option('--html <file>', 'write the page with all plots to a file')
    .option('--json', 'print the comparison as JSON')
    .action((first: string, others: string[], options: CompareOptions) =>
      run(options, (tools) => compare(tools, [first, ...others], options)),
    );
}

async function compare(tools: CommandTools, ids: readonly string[], { html, json }: CompareOptions): Promise<number> {
  const comparison = await tools.client.compare(ids);
  if (html !== undefined) await writeOutputFile(html, await tools.client.compareHtml(ids));
  if (json) writeJson(tools, comparison);
  else writeLine(tools, comparisonText(comparison, tools.out.columns));
  return exitCodes.done;
}

/** Formats a comparison: a row for each study, the best first, then a row for each key in which the definitions differ. */
function comparisonText({ studies, label, remark, differences, differencesLeftOut }: ComparisonRepresentation, width?: number): string {
  const ranked = studies.toSorted((one, other) => (one.rank ?? Number.POSITIVE_INFINITY) - (other.rank ?? Number.POSITIVE_INFINITY));
  const results = [tableText(resultColumns(label), ranked, width), ...(remark === null ? [] : [remark])].join('\n');
  if (differences.length === 0) return `${results}\n\nThe definitions differ in nothing but their names.`;
  const more = differencesLeftOut > 0 ? [`${differencesLeftOut} more differ; --json and the API list at most 200.`] : [];
  return [results, '', 'The definitions differ in:', tableText(differenceColumns(ranked), differences, width), ...more].join('\n');
}

function resultColumns(label: string): readonly Column<ComparedStudyRepresentation>[] {
  return [
    { title: 'rank', align: 'right', cell: ({ rank }) => (rank === null ? '–' : String(rank)) },
    { title: 'study', align: 'left', cell: ({ id }) => id },
    { title: 'name', align: 'left', cell: ({ name }) => name, shortest: 12 },
    { title: 'sampler', align: 'left', cell: ({ sampler }) => sampler.type },
    { title: 'state', align: 'left', cell: ({ state }) => state },
    { title: label, align: 'right', cell: ({ best }) => decimals(best?.value) },
    { title: 'trial', align: 'right', cell: ({ best }) => (best === null ? '–' : String(best.number)), extra: true },
    { title: 'trials', align: 'right', cell: ({ cost }) => String(cost.trialsCharged) },
    { title: 'steps', align: 'right', cell: ({ cost }) => String(cost.stepsDone), extra: true },
    { title: 'core time', align: 'right', cell: ({ cost }) => durationText(cost.coreSeconds), extra: true },
  ];
}

type Difference = ComparisonRepresentation['differences'][number];

/** A column for each study, in their order. */
function differenceColumns(studies: readonly ComparedStudyRepresentation[]): readonly Column<Difference>[] {
  const names = studyNames(studies);
  return [
    { title: 'key', align: 'left', cell: ({ key }) => key },
    ...studies.map(
      ({ id, name }, index): Column<Difference> => ({
        title: names[index] ?? name,
        align: 'left',
        cell: ({ values }) => String(values.find(({ study }) => study === id)?.value ?? '–'),
        shortest: 12,
      }),
    ),
  ];
}
