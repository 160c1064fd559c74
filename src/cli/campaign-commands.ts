import type { Command } from 'commander';
import type { CampaignRepresentation } from '../api/campaign.ts';
import type { CampaignSummaryRepresentation } from '../api/campaign-list.ts';
import type { CampaignDryRun, CampaignRequest } from '../api/campaign-request.ts';
import type { CampaignImportRequest } from '../api/import.ts';
import { counted } from '../shared/counted.ts';
import { addCampaignChangeCommand } from './change-commands.ts';
import { campaignHelpOf } from './command-help.ts';
import { readDefinition } from './definition-file.ts';
import { addCampaignDeleteCommand } from './delete-command.ts';
import { dryRunText } from './dry-run-text.ts';
import { exitCodes, UsageError } from './exit-codes.ts';
import { bestCell, progressCell } from './list-cells.ts';
import { shareOf } from './option-values.ts';
import { writeOutputFile } from './output-file.ts';
import { fromPreset } from './presets.ts';
import { methodsText, winnerText } from './report-text.ts';
import { type Column, tableText } from './table.ts';
import {
  type CommandTools,
  type CommandWorld,
  type ConnectionOptions,
  runCommand,
  stoppedWatching,
  withConnection,
  writeJson,
  writeLine,
} from './tools.ts';
import { verificationText } from './verification-text.ts';
import { watchCampaign } from './watch-campaign.ts';
import { campaignWinnerText } from './winner-text.ts';

type Common = ConnectionOptions & { readonly json?: true };
type ExportCommand = ConnectionOptions & { readonly output?: string; readonly provenance: boolean };
type Filter = { readonly state?: CampaignRepresentation['state']; readonly name?: string; readonly label?: string };

interface CreateOptions extends Common {
  readonly file?: string;
  readonly preset?: string;
  readonly scale?: number;
  readonly dryRun?: true;
  readonly watch?: true;
}

/** Adds `clavier campaign …`: commands for the campaigns of a service, for terminals and scripts. */
export function addCampaignCommands(program: Command, world: CommandWorld): void {
  const group = program
    .command('campaign')
    .description('create, watch and manage campaigns (several searches, a final, an evaluation of the winner)')
    .addHelpText('after', campaignHelpOf());
  const add = (usage: string, description: string): Command => {
    const command = withConnection(group.command(usage).description(description));
    return command.addHelpText('after', campaignHelpOf(command.name()));
  };
  const run = (options: ConnectionOptions, work: (tools: CommandTools) => Promise<number>) => runCommand(world, options, work);

  add('create', 'create a campaign from a definition or a preset, and print its id')
    .option('-f, --file <file>', 'the definition in JSON; - reads standard input')
    .option('--preset <name>', 'start from this preset (see clavier preset list); -f overrides parts of it')
    .option('--scale <number>', 'shrink the preset, 0 to 1; 0 is the smallest that still runs every method', shareOf)
    .option('--dry-run', 'only estimate the cost; nothing is created')
    .option('--watch', 'show progress until it ends, then print the report')
    .option('--json', 'print JSON: the campaign; the estimate with --dry-run; the report with --watch')
    .action((options: CreateOptions) => run(options, (tools) => create(tools, options)));
  add('list', 'list campaigns, newest first')
    .option('--state <state>', 'only campaigns in this state: active, paused, completed, failed, cancelled')
    .option('--name <name>', 'only campaigns with this name')
    .option('--label <label>', 'only campaigns with this label: team, or team=search')
    .option('--json', 'print a JSON array')
    .action((options: Common & Filter) => run(options, (tools) => list(tools, options)));
  add('watch <campaign>', 'show the progress of each part until the campaign ends, then the report; exit code 1 if it has no winner')
    .option('--json', 'print the report as JSON')
    .action((id: string, options: Common) => run(options, (tools) => watch(tools, id, options)));
  add('report <campaign>', 'print a comparison of the methods, and the winner')
    .option('--html <file>', 'write the page with all plots to a file')
    .option('--json', 'print the report as JSON')
    .action((id: string, options: Common & { html?: string }) => run(options, (tools) => report(tools, id, options)));
  add('export <campaign>', 'print the export as canonical JSON: the same bytes for the same definition and seeds')
    .option('-o, --output <file>', 'write to a file instead')
    .option('--no-provenance', 'leave out the code, libraries and machines of the results, to compare runs on different machines')
    .action((id: string, options: ExportCommand) => run(options, (tools) => exportTo(tools, id, options)));
  add('import', 'create a campaign from an export, with all its parts in their last state; print its id')
    .requiredOption('-f, --file <file>', 'the export; - reads standard input')
    .option('--json', 'print the campaign as JSON')
    .action((options: Common & { file: string }) => run(options, (tools) => importFrom(tools, options)));
  add('verify <campaign>', 'check a campaign and all its parts against definition, results and event logs; exit code 1 if anything differs')
    .option('--json', 'print the result as JSON')
    .action((id: string, options: Common) => run(options, (tools) => verify(tools, id, options)));
  add('winner <campaign>', 'print the winner: its parameters as JSON to copy, and its values on validation and held-out data')
    .option('--json', 'print the winner as JSON')
    .option('--curves', 'with --json: include the points of the curves')
    .action((id: string, options: Common & { curves?: boolean }) => run(options, (tools) => winner(tools, id, options)));
  for (const { name, method, description } of moves) {
    add(`${name} <campaign>`, description)
      .option('--json', 'print the campaign as JSON')
      .action((id: string, options: Common) => run(options, async (tools) => shown(tools, await tools.client[method](id), options)));
  }
  addCampaignChangeCommand(add, run, shown);
  addCampaignDeleteCommand(add, run);
}

const moves = [
  { name: 'pause', method: 'pauseCampaign', description: 'pause a campaign and all its studies; running steps are finished and saved' },
  { name: 'resume', method: 'resumeCampaign', description: 'resume a paused campaign and all its studies' },
  { name: 'cancel', method: 'cancelCampaign', description: 'cancel a campaign and all its studies permanently; their results are kept' },
] as const;

async function create(tools: CommandTools, options: CreateOptions): Promise<number> {
  const request = await requestOf(tools, options);
  const preset = { kind: 'campaign', name: options.preset } as const;
  if (options.dryRun || request.dryRun === true)
    return dryRun(tools, await fromPreset(tools.client, preset, () => tools.client.dryRunCampaign(request)), options);
  const campaign = await fromPreset(tools.client, preset, () => tools.client.createCampaign(request));
  if (!options.watch) return shown(tools, campaign, options);
  tools.screen.stream.write(`Campaign ${campaign.id}\n`);
  return watch(tools, campaign.id, options);
}

async function requestOf(tools: CommandTools, { file, preset, scale }: CreateOptions): Promise<CampaignRequest> {
  if (file === undefined && preset === undefined)
    throw new UsageError('nothing to create: give -f FILE with a definition, or --preset NAME (see clavier preset list)');
  const definition = file === undefined ? {} : await readDefinition(file, tools);
  const request = { ...definition, ...(preset !== undefined && { preset }), ...(scale !== undefined && { scale }) };
  if (scale !== undefined && !('preset' in request)) throw new UsageError('--scale needs a preset: add --preset');
  return request as CampaignRequest; // validated by the service
}

async function importFrom(tools: CommandTools, options: Common & { file: string }): Promise<number> {
  const document = (await readDefinition(options.file, tools)) as CampaignImportRequest['document']; // validated by the service
  return shown(tools, await tools.client.importCampaign({ document }), options);
}

function dryRun(tools: CommandTools, answer: CampaignDryRun, { json }: Common): number {
  if (json) writeJson(tools, answer);
  else writeLine(tools, dryRunText(answer));
  return exitCodes.done;
}

function shown(tools: CommandTools, campaign: CampaignRepresentation, { json }: Common): number {
  const { id, name, state, parts, upcoming } = campaign;
  const ended = parts.filter((part) => part.endedAt !== null).length;
  if (json) writeJson(tools, campaign);
  else writeLine(tools, `${id}  ${name}  ${state}  ${ended} of ${counted(parts.length + upcoming.length, 'part')} ended`);
  return exitCodes.done;
}

async function list(tools: CommandTools, { json, state, name, label }: Common & Filter): Promise<number> {
  const campaigns: CampaignSummaryRepresentation[] = [];
  const filter = { ...(state !== undefined && { state }), ...(name !== undefined && { name }), ...(label !== undefined && { label }) };
  for await (const campaign of tools.client.listCampaigns(filter)) campaigns.push(campaign);
  if (json) writeJson(tools, campaigns);
  else writeLine(tools, tableText(listColumns, campaigns, tools.out.columns));
  return exitCodes.done;
}

const listColumns: readonly Column<CampaignSummaryRepresentation>[] = [
  { title: 'id', align: 'left', cell: (campaign) => campaign.id },
  { title: 'name', align: 'left', cell: (campaign) => campaign.name, shortest: 12 },
  { title: 'state', align: 'left', cell: (campaign) => campaign.state },
  { title: 'finished', align: 'right', cell: progressCell },
  { title: 'best', align: 'right', cell: bestCell, extra: true },
  { title: 'created (UTC)', align: 'left', cell: (campaign) => campaign.createdAt.slice(0, 19).replace('T', ' '), extra: true },
  { title: 'studies', align: 'left', cell: (campaign) => campaign.studies.join(', '), extra: true },
];

async function watch(tools: CommandTools, id: string, { json }: Common): Promise<number> {
  const campaign = await watchCampaign(tools, id);
  if (!campaign) return stoppedWatching(tools, 'campaign');
  await report(tools, id, json ? { json } : {});
  return campaign.state === 'completed' ? exitCodes.done : exitCodes.failed;
}

async function report(tools: CommandTools, id: string, { json, html }: Common & { html?: string }): Promise<number> {
  const found = await tools.client.campaignReport(id);
  if (html !== undefined) await writeOutputFile(html, await tools.client.campaignReportHtml(id));
  if (json) writeJson(tools, found);
  else writeLine(tools, [methodsText(found, tools.out.columns), winnerText(found)].filter((text) => text !== '').join('\n\n'));
  return exitCodes.done;
}

async function winner(tools: CommandTools, id: string, { json, curves }: Common & { curves?: boolean }): Promise<number> {
  const found = await tools.client.winner(id, { curves: curves === true });
  if (json) {
    writeJson(tools, found);
    return exitCodes.done;
  }
  writeLine(tools, campaignWinnerText(await tools.client.getCampaign(id), found, tools.out.columns));
  return exitCodes.done;
}

async function exportTo(tools: CommandTools, id: string, { output, provenance }: ExportCommand): Promise<number> {
  const text = await tools.client.exportCampaign(id, { provenance });
  if (output === undefined) tools.out.write(text);
  else await writeOutputFile(output, text);
  return exitCodes.done;
}

async function verify(tools: CommandTools, id: string, { json }: Common): Promise<number> {
  const verification = await tools.client.verifyCampaign(id);
  if (json) writeJson(tools, verification);
  else writeLine(tools, verificationText(verification, tools.out.columns));
  return verification.verified ? exitCodes.done : exitCodes.failed;
}
