import type { Command } from 'commander';
import type { EventRepresentation } from '../api/event.ts';
import type { StudyRepresentation } from '../api/study.ts';
import type { StudySummaryRepresentation } from '../api/study-list.ts';
import type { StudyDryRun, StudyRequest } from '../api/study-request.ts';
import type { RankedTrialRepresentation } from '../api/trial.ts';
import { addTrialsCommand } from './add-trials-command.ts';
import { addChangeCommands } from './change-commands.ts';
import { studyHelpOf } from './command-help.ts';
import { addCompareCommand } from './compare-command.ts';
import { readDefinition } from './definition-file.ts';
import { addStudyDeleteCommand } from './delete-command.ts';
import { studyDryRunText } from './dry-run-text.ts';
import { earlierValuesText } from './earlier-values-text.ts';
import { exitCodes, UsageError } from './exit-codes.ts';
import { addForkCommand } from './fork-command.ts';
import { frontText } from './front-text.ts';
import { addImportCommand } from './import-command.ts';
import { leaderboardText } from './leaderboard-text.ts';
import { bestCell, progressCell } from './list-cells.ts';
import { leaderboardLimitOf, referencePointOf } from './option-values.ts';
import { writeOutputFile } from './output-file.ts';
import { fromPreset } from './presets.ts';
import { unrankedText } from './stopped-text.ts';
import { studyLine } from './study-line.ts';
import { addStudyResultCommands } from './study-result-commands.ts';
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
import { eventsText, verificationText } from './verification-text.ts';
import { watchStudy } from './watch-study.ts';

type Common = ConnectionOptions & { readonly json?: true };
type ExportCommand = ConnectionOptions & { readonly output?: string; readonly provenance: boolean };
type Filter = { readonly state?: StudyRepresentation['state']; readonly name?: string; readonly label?: string };
type FrontOptions = Common & { readonly limit: number; readonly reference?: readonly number[] };

interface CreateOptions extends Common {
  readonly file?: string;
  readonly preset?: string;
  readonly dryRun?: true;
  readonly watch?: true;
}

/** Trials that are shown of a study that has ended. */
const shownAtMost = 10;

/** Adds `clavier study …`: commands for the studies of a service, for terminals and scripts. */
export function addStudyCommands(program: Command, world: CommandWorld): void {
  const group = program.command('study').description('create, watch and manage studies').addHelpText('after', studyHelpOf());
  const add = (usage: string, description: string): Command => {
    const command = withConnection(group.command(usage).description(description));
    return command.addHelpText('after', studyHelpOf(command.name()));
  };
  const run = (options: ConnectionOptions, work: (tools: CommandTools) => Promise<number>) => runCommand(world, options, work);

  add('create', 'create a study from a definition or a preset, and print its id')
    .option('-f, --file <file>', 'the definition in JSON; - reads standard input')
    .option('--preset <name>', 'start from this preset (see clavier preset list); -f overrides parts of it')
    .option('--dry-run', 'only estimate the cost; nothing is created')
    .option('--watch', 'show progress until it ends, then print the leaderboard, or the front if it has several metrics')
    .option('--json', 'print JSON: the study, with --watch once it has ended; the estimate with --dry-run')
    .action((options: CreateOptions) => run(options, (tools) => create(tools, options)));
  add('list', 'list studies, newest first')
    .option('--state <state>', 'only studies in this state: active, paused, completed, failed, cancelled')
    .option('--name <name>', 'only studies with this name')
    .option('--label <label>', 'only studies with this label: team, or team=search')
    .option('--json', 'print a JSON array')
    .action((options: Common & Filter) => run(options, (tools) => list(tools, options)));
  addStudyResultCommands(add, run);
  add(
    'watch <study>',
    'show progress until the study ends, then its leaderboard, or its front if it has several metrics; exit code 1 if it has no winner',
  )
    .option('--json', 'print the ended study as JSON instead')
    .action((id: string, options: Common) => run(options, (tools) => watch(tools, id, options)));
  add('leaderboard <study>', 'print the best completed trials')
    .option('--limit <number>', 'number of trials, 1 to 200', leaderboardLimitOf, 10)
    .option('--json', 'print a JSON array')
    .action((id: string, options: Common & { limit: number }) => run(options, (tools) => leaderboard(tools, id, options)));
  add('front <study>', 'print the Pareto front of a study with several metrics: the trials that no other one is better than')
    .option('--limit <number>', 'number of trials, 1 to 200', leaderboardLimitOf, 50)
    .option('--reference <numbers>', 'reference point of the hypervolume: a number for each metric, such as 0.5,300', referencePointOf)
    .option('--json', 'print the front as JSON')
    .action((id: string, options: FrontOptions) => run(options, (tools) => front(tools, id, options)));
  add('export <study>', 'print the export as canonical JSON: the same bytes for the same definition and seeds')
    .option('-o, --output <file>', 'write to a file instead')
    .option('--no-provenance', 'leave out the code, libraries and machines of the results, to compare runs on different machines')
    .action((id: string, options: ExportCommand) => run(options, (tools) => exportTo(tools, id, options)));
  addImportCommand(add, run);
  addForkCommand(add, run);
  addTrialsCommand(add, run);
  addChangeCommands(add, run);
  addCompareCommand(add, run);
  add('verify <study>', 'check a study against its definition, its results and its event log; exit code 1 if anything differs')
    .option('--json', 'print the result as JSON')
    .action((id: string, options: Common) => run(options, (tools) => verify(tools, id, options)));
  add('events <study>', 'print the event log of a study, in order')
    .option('--json', 'print a JSON array')
    .action((id: string, options: Common) => run(options, (tools) => events(tools, id, options)));
  for (const move of ['pause', 'resume', 'cancel'] as const) {
    add(`${move} <study>`, moveText[move])
      .option('--json', 'print the study as JSON')
      .action((id: string, options: Common) => run(options, async (tools) => shown(tools, await tools.client[move](id), options)));
  }
  addStudyDeleteCommand(add, run);
}

const moveText = {
  pause: 'pause a study; running steps are finished and saved',
  resume: 'resume a paused study',
  cancel: 'cancel a study permanently; its results are kept',
} as const;

async function create(tools: CommandTools, options: CreateOptions): Promise<number> {
  const request = await requestOf(tools, options);
  const preset = { kind: 'study', name: options.preset } as const;
  if (options.dryRun || request.dryRun === true)
    return dryRun(tools, await fromPreset(tools.client, preset, () => tools.client.dryRunStudy(request)), options);
  const study = await fromPreset(tools.client, preset, () => tools.client.createStudy(request));
  if (!options.watch) return shown(tools, study, options);
  tools.screen.stream.write(`Study ${study.id}\n`);
  return watch(tools, study.id, options);
}

async function requestOf(tools: CommandTools, { file, preset }: CreateOptions): Promise<StudyRequest> {
  if (file === undefined && preset === undefined)
    throw new UsageError('nothing to create: give -f FILE with a definition, or --preset NAME (see clavier preset list)');
  const definition = file === undefined ? {} : await readDefinition(file, tools);
  return { ...definition, ...(preset !== undefined && { preset }) } as StudyRequest; // validated by the service
}

function dryRun(tools: CommandTools, answer: StudyDryRun, { json }: Common): number {
  if (json) writeJson(tools, answer);
  else writeLine(tools, studyDryRunText(answer));
  return exitCodes.done;
}

function shown(tools: CommandTools, study: StudyRepresentation, { json }: Common): number {
  if (json) writeJson(tools, study);
  else writeLine(tools, studyLine(study));
  return exitCodes.done;
}

async function list(tools: CommandTools, { json, state, name, label }: Common & Filter): Promise<number> {
  const studies: StudySummaryRepresentation[] = [];
  const filter = { ...(state !== undefined && { state }), ...(name !== undefined && { name }), ...(label !== undefined && { label }) };
  for await (const study of tools.client.listStudies(filter)) studies.push(study);
  if (json) writeJson(tools, studies);
  else writeLine(tools, tableText(listColumns, studies, tools.out.columns));
  return exitCodes.done;
}

const listColumns: readonly Column<StudySummaryRepresentation>[] = [
  { title: 'id', align: 'left', cell: (study) => study.id },
  { title: 'name', align: 'left', cell: (study) => study.name, shortest: 12 },
  { title: 'state', align: 'left', cell: (study) => study.state },
  { title: 'sampler', align: 'left', cell: (study) => study.sampler?.type ?? '?', extra: true },
  { title: 'finished', align: 'right', cell: progressCell },
  { title: 'best', align: 'right', cell: bestCell, extra: true },
  { title: 'created (UTC)', align: 'left', cell: (study) => study.createdAt.slice(0, 19).replace('T', ' '), extra: true },
];

async function watch(tools: CommandTools, id: string, { json }: Common): Promise<number> {
  const study = await watchStudy(tools, id);
  if (!study) return stoppedWatching(tools, 'study');
  if (json) writeJson(tools, study);
  else writeLine(tools, await bestText(tools, study));
  return study.state === 'completed' ? exitCodes.done : exitCodes.failed;
}

/** The front of a study with several metrics, or else its leaderboard. */
async function bestText({ client, out }: CommandTools, study: StudyRepresentation): Promise<string> {
  const { id, spec } = study;
  if (spec.metrics.length > 1) return frontText(spec, await client.front(id, { limit: shownAtMost }), { width: out.columns, more: id });
  return boardText(study, await client.leaderboard(id, shownAtMost), out.columns);
}

/** The leaderboard of a study, which trials on it had other values before, and how many trials cannot be on it. */
function boardText({ id, spec, trials }: StudyRepresentation, board: readonly RankedTrialRepresentation[], width?: number): string {
  const notes = [earlierValuesText(id, board), unrankedText(id, trials.pruned)];
  return [leaderboardText(spec, board, width), ...notes.filter((note) => note !== '')].join('\n\n');
}

async function leaderboard(tools: CommandTools, id: string, { json, limit }: Common & { limit: number }): Promise<number> {
  const board = await tools.client.leaderboard(id, limit);
  if (json) writeJson(tools, board);
  else writeLine(tools, boardText(await tools.client.getStudy(id), board, tools.out.columns));
  return exitCodes.done;
}

async function front(tools: CommandTools, id: string, { json, limit, reference }: FrontOptions): Promise<number> {
  const found = await tools.client.front(id, { limit, ...(reference && { reference }) });
  if (json) writeJson(tools, found);
  else writeLine(tools, frontText((await tools.client.getStudy(id)).spec, found, { width: tools.out.columns }));
  return exitCodes.done;
}

async function exportTo(tools: CommandTools, id: string, { output, provenance }: ExportCommand): Promise<number> {
  const text = await tools.client.exportStudy(id, { provenance });
  if (output === undefined) tools.out.write(text);
  else await writeOutputFile(output, text);
  return exitCodes.done;
}

async function verify(tools: CommandTools, id: string, { json }: Common): Promise<number> {
  const verification = await tools.client.verifyStudy(id);
  if (json) writeJson(tools, verification);
  else writeLine(tools, verificationText(verification, tools.out.columns));
  return verification.verified ? exitCodes.done : exitCodes.failed;
}

async function events(tools: CommandTools, id: string, { json }: Common): Promise<number> {
  const all: EventRepresentation[] = [];
  for await (const event of tools.client.events(id)) all.push(event);
  if (json) writeJson(tools, all);
  else writeLine(tools, eventsText(all, tools.out.columns));
  return exitCodes.done;
}
