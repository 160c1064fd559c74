import { Option } from 'commander';
import type { TrialRepresentation } from '../api/trial.ts';
import { exitCodes } from './exit-codes.ts';
import { reportFrontText } from './front-text.ts';
import { membersText } from './members-text.ts';
import { countOf, wholeNumberOf } from './option-values.ts';
import { writeOutputFile } from './output-file.ts';
import { leadersText, methodsText } from './report-text.ts';
import { rungText } from './rung-text.ts';
import { stoppedText } from './stopped-text.ts';
import { studyText } from './study-text.ts';
import { type AddCommand, type CommandTools, type ConnectionOptions, type RunCommand, writeJson, writeLine } from './tools.ts';
import { trialsText } from './trials-text.ts';

type Common = ConnectionOptions & { readonly json?: true };
interface TrialsOptions extends Common {
  readonly state?: TrialRepresentation['state'];
  readonly generation?: number;
  readonly limit?: number;
  readonly csv?: true;
}

/** Adds `clavier study show`, `trials` and `report`. */
export function addStudyResultCommands(add: AddCommand, run: RunCommand): void {
  add('show <study>', 'print the state, progress, best trial and definition of a study, and what to do next')
    .option('--json', 'print the study as JSON')
    .action((id: string, options: Common) => run(options, (tools) => show(tools, id, options)));
  add('trials <study>', 'list the trials of a study by number, with state, value and parameters')
    .option('--state <state>', 'only trials in this state: queued, running, completed, pruned, failed, cancelled')
    .option('--generation <number>', 'only trials of this generation, from 0', wholeNumberOf)
    .option('--limit <number>', 'print at most this many; default: all', countOf)
    .addOption(new Option('--csv', 'print all trials as CSV, with every value').conflicts(['json', 'state', 'generation', 'limit']))
    .option('--json', 'print a JSON array')
    .action((id: string, options: TrialsOptions) => run(options, (tools) => trials(tools, id, options)));
  add(
    'report <study>',
    'print the best configurations, or the front if it has several metrics, how values changed on the way, the trials that were stopped early, and the cost of a study',
  )
    .option('--html <file>', 'write the page with all plots to a file')
    .option('--json', 'print the report as JSON')
    .action((id: string, options: Common & { html?: string }) => run(options, (tools) => report(tools, id, options)));
}

async function show(tools: CommandTools, id: string, { json }: Common): Promise<number> {
  const study = await tools.client.getStudy(id);
  if (json) writeJson(tools, study);
  else writeLine(tools, studyText(study, tools.out.columns));
  return exitCodes.done;
}

async function trials(tools: CommandTools, id: string, { state, generation, limit, csv, json }: TrialsOptions): Promise<number> {
  if (csv) {
    tools.out.write(await tools.client.trialsCsv(id));
    return exitCodes.done;
  }
  const filter = { ...(state !== undefined && { state }), ...(generation !== undefined && { generation }) };
  const found: TrialRepresentation[] = [];
  for await (const trial of tools.client.listTrials(id, filter)) {
    found.push(trial);
    if (found.length === limit) break;
  }
  if (json) writeJson(tools, found);
  else writeLine(tools, trialsText((await tools.client.getStudy(id)).spec, found, tools.out.columns));
  return exitCodes.done;
}

async function report(tools: CommandTools, id: string, { json, html }: Common & { readonly html?: string }): Promise<number> {
  const found = await tools.client.studyReport(id);
  if (html !== undefined) await writeOutputFile(html, await tools.client.studyReportHtml(id));
  const { columns } = tools.out;
  if (json) writeJson(tools, found);
  else
    writeLine(
      tools,
      [
        methodsText(found, columns),
        leadersText(found, columns),
        membersText(found, columns),
        rungText(found, columns),
        stoppedText(found, columns),
        reportFrontText(found, columns),
      ]
        .filter((text) => text !== '')
        .join('\n\n'),
    );
  return exitCodes.done;
}
