import { type Command, Option } from 'commander';
import { type PresetRepresentation, presetKindSchema } from '../api/preset.ts';
import { presetHelpOf } from './command-help.ts';
import { exitCodes } from './exit-codes.ts';
import { presetNamed } from './presets.ts';
import { wrapped } from './table.ts';
import { type CommandTools, type CommandWorld, type ConnectionOptions, runCommand, withConnection, writeJson, writeLine } from './tools.ts';

type Kind = PresetRepresentation['kind'];
type Common = ConnectionOptions & { readonly json?: true };

/** Adds `clavier preset …`: commands for the named definitions of a service. */
export function addPresetCommands(program: Command, world: CommandWorld): void {
  const group = program
    .command('preset')
    .description('list and show the named definitions to start from')
    .addHelpText('after', presetHelpOf());
  const add = (usage: string, description: string): Command => {
    const command = withConnection(group.command(usage).description(description));
    return command.addHelpText('after', presetHelpOf(command.name()));
  };
  const run = (options: ConnectionOptions, work: (tools: CommandTools) => Promise<number>) => runCommand(world, options, work);

  add('list', 'list the presets of studies and campaigns')
    .addOption(new Option('--kind <kind>', 'only presets of this kind').choices(presetKindSchema.options))
    .option('--json', 'print a JSON array, with the definitions')
    .action((options: Common & { kind?: Kind }) => run(options, (tools) => list(tools, options)));
  add('show <preset>', 'print the definition of a preset')
    .option('--json', 'print the preset as JSON, with its name, kind and summary')
    .action((name: string, options: Common) => run(options, (tools) => show(tools, name, options)));
}

/** Formats presets as name and kind, with the summary in lines beside them. */
function presetsText(presets: readonly PresetRepresentation[], width = Number.POSITIVE_INFINITY): string {
  const heads = presets.map(({ name, kind }) => [name, kind] as const);
  const [names, kinds] = [0, 1].map((index) => Math.max(0, ...heads.map((head) => head[index]?.length ?? 0)));
  const indent = (names ?? 0) + (kinds ?? 0) + 4;
  return presets
    .flatMap(({ name, kind, summary }) => {
      const [first = '', ...rest] = wrapped(summary.split(' '), width, ' '.repeat(indent));
      return [`${name.padEnd(names ?? 0)}  ${kind.padEnd(kinds ?? 0)}  ${first.trimStart()}`, ...rest];
    })
    .join('\n');
}

async function list(tools: CommandTools, { json, kind }: Common & { readonly kind?: Kind }): Promise<number> {
  const found = (await tools.client.presets()).filter((preset) => kind === undefined || preset.kind === kind);
  if (json) writeJson(tools, found);
  else writeLine(tools, presetsText(found, tools.out.columns));
  return exitCodes.done;
}

/** Prints the definition alone on standard output, so that it can be saved as a file to start from. */
async function show(tools: CommandTools, name: string, { json }: Common): Promise<number> {
  const preset = await presetNamed(tools.client, name);
  if (json) writeJson(tools, preset);
  else {
    tools.screen.stream.write(`${preset.summary}\nStart it with: clavier ${preset.kind} create --preset ${preset.name}\n\n`);
    writeJson(tools, preset.spec);
  }
  return exitCodes.done;
}
