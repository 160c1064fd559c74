import type { Command } from 'commander';
import { projectHelp, whoamiHelp } from './command-help.ts';
import { exitCodes } from './exit-codes.ts';
import { callerText, projectsText } from './key-text.ts';
import { projectOf } from './option-values.ts';
import { type CommandTools, type CommandWorld, type ConnectionOptions, runCommand, withConnection, writeJson, writeLine } from './tools.ts';

type Common = ConnectionOptions & { readonly json?: true };

/** Adds `clavier project …` and `clavier whoami`. */
export function addProjectCommands(program: Command, world: CommandWorld): void {
  const group = program
    .command('project')
    .description('create and list projects, which keep studies of teams apart')
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

async function tellCaller(tools: CommandTools, { json }: Common): Promise<number> {
  const caller = await tools.client.caller();
  if (json) writeJson(tools, caller);
  else writeLine(tools, callerText(caller));
  return exitCodes.done;
}
