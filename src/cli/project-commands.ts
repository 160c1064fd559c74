import type { Command } from 'commander';
import { projectHelp, whoamiHelp } from './command-help.ts';
import { confirmed } from './confirmation.ts';
import { exitCodes, UsageError } from './exit-codes.ts';
import { callerText } from './key-text.ts';
import { projectOf, quotaOf, weightOf } from './option-values.ts';
import { writeLines, writeOutputLines } from './output-file.ts';
import { projectsText, projectText } from './project-text.ts';
import { type CommandTools, type CommandWorld, type ConnectionOptions, runCommand, withConnection, writeJson, writeLine } from './tools.ts';

type Common = ConnectionOptions & { readonly json?: true };
type ChangeOptions = Common & {
  readonly weight?: number;
  readonly openStudies?: number | 'none';
  readonly trialsPerDay?: number | 'none';
  readonly storedBytes?: number | 'none';
  readonly slots?: number | 'none';
};

/** Adds `clavier project …` and `clavier whoami`. */
export function addProjectCommands(program: Command, world: CommandWorld): void {
  const group = program
    .command('project')
    .description('create, list, limit, export and erase projects, which keep studies of teams apart')
    .addHelpText('after', projectHelp);
  const add = (usage: string, description: string): Command =>
    withConnection(group.command(usage).description(description)).addHelpText('after', projectHelp);
  const run = (options: ConnectionOptions, work: (tools: CommandTools) => Promise<number>) => runCommand(world, options, work);

  add('create', 'create a project')
    .argument('<name>', 'lower-case letters, digits and hyphens; it can never be changed', projectOf)
    .option('--json', 'print the project as JSON')
    .action((name: string, options: Common) => run(options, (tools) => create(tools, name, options)));
  add('list', 'list the projects that the key may see, by name')
    .option('--json', 'print a JSON array')
    .action((options: Common) => run(options, (tools) => list(tools, options)));
  add('show', 'show a project, its quotas and what it uses of them')
    .argument('<name>', 'name of the project', projectOf)
    .option('--json', 'print the project as JSON')
    .action((name: string, options: Common) => run(options, (tools) => show(tools, name, options)));
  add('change', 'change the weight and the quotas of a project; needs an admin key of all projects')
    .argument('<name>', 'name of the project', projectOf)
    .option('--weight <number>', "share of the runners' claims, 1 to 1000: with twice the weight twice as many", weightOf)
    .option('--open-studies <number>', 'most active and paused studies; none: no limit', quotaOf)
    .option('--trials-per-day <number>', 'most trials created in a day of UTC; none: no limit', quotaOf)
    .option('--stored-bytes <number>', 'most bytes of rows and checkpoints; none: no limit', quotaOf)
    .option('--slots <number>', 'most trials on runners at once; none: no limit', quotaOf)
    .option('--json', 'print the project as JSON')
    .action((name: string, options: ChangeOptions) => run(options, (tools) => change(tools, name, options)));
  add('export', 'export the campaigns and studies of a project, a line of JSON each')
    .argument('<name>', 'name of the project', projectOf)
    .option('-o, --output <file>', 'write into this file')
    .action((name: string, options: ConnectionOptions & { readonly output?: string }) =>
      run(options, (tools) => exportAll(tools, name, options)),
    );
  add('erase', 'delete all that a project has, for good, its keys too; asks first')
    .argument('<name>', 'name of the project', projectOf)
    .option('--yes', 'do not ask')
    .action((name: string, options: ConnectionOptions & { readonly yes?: true }) => run(options, (tools) => erase(tools, name, options)));
  withConnection(program.command('whoami').description('print the project and the rights of the key'))
    .option('--json', 'print them as JSON')
    .addHelpText('after', whoamiHelp)
    .action((options: Common) => run(options, (tools) => tellCaller(tools, options)));
}

async function create(tools: CommandTools, name: string, { json }: Common): Promise<number> {
  const project = await tools.client.createProject(name);
  if (json) writeJson(tools, project);
  else
    tools.screen.stream.write(
      `Created the project ${project.name}. Make keys for it with: clavier key create NAME --scopes write --project ${project.name}\n`,
    );
  return exitCodes.done;
}

async function list(tools: CommandTools, { json }: Common): Promise<number> {
  const projects = await tools.client.listProjects();
  if (json) writeJson(tools, projects);
  else writeLine(tools, projectsText(projects, tools.out.columns));
  return exitCodes.done;
}

async function show(tools: CommandTools, name: string, { json }: Common): Promise<number> {
  const project = await tools.client.getProject(name);
  if (json) writeJson(tools, project);
  else writeLine(tools, projectText(project));
  return exitCodes.done;
}

async function change(tools: CommandTools, name: string, options: ChangeOptions): Promise<number> {
  const { json, weight, openStudies, trialsPerDay, storedBytes, slots } = options;
  const given = Object.entries({ openStudies, trialsPerDay, storedBytes, slots }).filter(([, limit]) => limit !== undefined);
  const quotas = Object.fromEntries(given.map(([name, limit]) => [name, limit === 'none' ? null : limit]));
  if (weight === undefined && Object.keys(quotas).length === 0)
    throw new UsageError('nothing to change: give --weight, or a quota such as --open-studies 10');
  const project = await tools.client.changeProject(name, { ...(weight !== undefined && { weight }), quotas });
  if (json) writeJson(tools, project);
  else writeLine(tools, projectText(project));
  return exitCodes.done;
}

async function exportAll(tools: CommandTools, name: string, { output }: { readonly output?: string }): Promise<number> {
  const lines = tools.client.exportProject(name);
  if (output === undefined) await writeLines(tools.out, lines);
  else await writeOutputLines(output, lines);
  return exitCodes.done;
}

async function erase(tools: CommandTools, name: string, { yes }: { readonly yes?: true }): Promise<number> {
  const question = `Delete all that the project ${name} has for good: studies, campaigns, results and keys? An export would keep it, without the keys. [y/N] `;
  if (!yes && !(await confirmed(tools, question))) {
    tools.screen.stream.write('Nothing was deleted.\n');
    return exitCodes.failed;
  }
  await tools.client.eraseProject(name);
  tools.screen.stream.write(`The project ${name} is being erased. clavier project show ${name} tells when it is gone.\n`);
  return exitCodes.done;
}

async function tellCaller(tools: CommandTools, { json }: Common): Promise<number> {
  const caller = await tools.client.caller();
  if (json) writeJson(tools, caller);
  else writeLine(tools, callerText(caller));
  return exitCodes.done;
}
