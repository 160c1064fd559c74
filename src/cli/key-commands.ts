import type { Command } from 'commander';
import type { KeyRepresentation, KeyRequest, NewKeyRepresentation } from '../api/key.ts';
import { keyHelpOf } from './command-help.ts';
import { exitCodes, UsageError } from './exit-codes.ts';
import { keyLine, keysText } from './key-text.ts';
import { expiryOf, scopesOf } from './option-values.ts';
import { type CommandTools, type CommandWorld, type ConnectionOptions, runCommand, withConnection, writeJson, writeLine } from './tools.ts';

type Common = ConnectionOptions & { readonly json?: true };

interface CreateOptions extends Common {
  readonly scopes: KeyRequest['scopes'];
  readonly allProjects?: true;
  readonly expires?: string;
  readonly local?: true;
}

/**
 * Makes a key in the database itself, without a service.
 *
 * @param stop ends the start of the database between two steps
 * @throws an error that says what is wrong with the database or the data folder
 */
export type MakeLocalKey = (request: KeyRequest, stop: AbortSignal) => Promise<NewKeyRepresentation>;

/** Adds `clavier key …`: commands for the keys of a service. */
export function addKeyCommands(program: Command, world: CommandWorld, makeLocalKey: MakeLocalKey): void {
  const group = program.command('key').description('make, list and revoke keys of the API').addHelpText('after', keyHelpOf());
  const add = (usage: string, description: string): Command => {
    const command = withConnection(group.command(usage).description(description));
    return command.addHelpText('after', keyHelpOf(command.name()));
  };
  const run = (options: ConnectionOptions, work: (tools: CommandTools) => Promise<number>) => runCommand(world, options, work);

  add('create <name>', 'make a key and print its secret, this once')
    .requiredOption('--scopes <rights>', 'its rights, separated by commas: read, write, work, admin', scopesOf)
    .option('--all-projects', 'make it valid in all projects; default: in the project of the command')
    .option('--expires <time>', 'length such as 12h, 90d or 52w, or time such as 2027-11-24T12:00:00Z; default: never', expiryOf)
    .option('--local', 'make it in the database itself, without the service: for the first key')
    .option('--json', 'print the key as JSON, with its secret')
    .action(async (name: string, options: CreateOptions) => {
      const request = requestOf(name, options);
      if (options.local) await createLocally(world, makeLocalKey, request, options);
      else await run(options, async (tools) => show(tools, await tools.client.createKey(request), options));
    });
  add('list', 'list the keys, newest first')
    .option('--json', 'print a JSON array')
    .action((options: Common) => run(options, (tools) => list(tools, options)));
  add('revoke <key>', 'revoke a key for ever; it is refused within ten seconds')
    .option('--json', 'print the revoked key as JSON')
    .action((id: string, options: Common) => run(options, (tools) => revoke(tools, id, options)));
}

function requestOf(name: string, { scopes, allProjects, expires, project }: CreateOptions): KeyRequest {
  if (allProjects && project !== undefined) throw new UsageError('--all-projects and --project contradict each other: leave one out');
  return { name, scopes, ...(allProjects && { project: null }), ...(expires !== undefined && { expiresAt: expires }) };
}

/** Errors of the environment are thrown: the process reports them as those of a start. */
async function createLocally(world: CommandWorld, make: MakeLocalKey, request: KeyRequest, options: CreateOptions): Promise<void> {
  if (options.url !== undefined || options.key !== undefined)
    throw new UsageError('--local needs no service: leave out --url and --key, or --local');
  const tools = world.connect(options, { outlivesStop: false });
  const { project = options.project } = request;
  const made = await make({ ...request, ...(project !== undefined && { project }) }, tools.stop);
  world.setExitCode(show(tools, made, options));
}

/** Prints the secret alone on standard output, so that a script can keep it. */
function show(tools: CommandTools, made: NewKeyRepresentation, { json }: Common): number {
  if (json) writeJson(tools, made);
  else {
    const { secret, ...key } = made;
    tools.screen.stream.write(`Made ${keyLine(key)}\nIts secret is shown this once. Keep it safe; clients send it as CLAVIER_KEY:\n`);
    writeLine(tools, secret);
  }
  return exitCodes.done;
}

async function list(tools: CommandTools, { json }: Common): Promise<number> {
  const keys: KeyRepresentation[] = [];
  for await (const key of tools.client.listKeys()) keys.push(key);
  if (json) writeJson(tools, keys);
  else if (keys.length === 0) tools.screen.stream.write('There are no keys.\n');
  else writeLine(tools, keysText(keys, tools.out.columns));
  return exitCodes.done;
}

async function revoke(tools: CommandTools, id: string, { json }: Common): Promise<number> {
  const key = await tools.client.revokeKey(id);
  if (json) writeJson(tools, key);
  else tools.screen.stream.write(`Revoked ${keyLine(key)}\n`);
  return exitCodes.done;
}
