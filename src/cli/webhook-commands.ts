import type { Command } from 'commander';
import type { NewWebhookRepresentation, WebhookChangeRequest, WebhookRepresentation, WebhookRequest } from '../api/webhook.ts';
import { confirmed } from './confirmation.ts';
import { addDeliveryCommands } from './delivery-commands.ts';
import { exitCodes, UsageError } from './exit-codes.ts';
import { type Label, labelsOf, typesOf } from './option-values.ts';
import {
  type AddCommand,
  type CommandTools,
  type CommandWorld,
  type ConnectionOptions,
  runCommand,
  withConnection,
  writeJson,
  writeLine,
} from './tools.ts';
import { webhookHelpOf } from './webhook-help.ts';
import { webhookLine, webhooksText, webhookText } from './webhook-text.ts';

type Common = ConnectionOptions & { readonly json?: true };

interface FilterOptions {
  readonly type: NonNullable<WebhookRequest['types']>;
  readonly study?: string;
  readonly label: readonly Label[];
  readonly description?: string;
}

type CreateOptions = Common & FilterOptions;

interface ChangeOptions extends Common, FilterOptions {
  readonly to?: string;
  readonly allTypes?: true;
  readonly allStudies?: true;
  readonly enable?: true;
  readonly disable?: true;
  readonly skipWaiting?: true;
}

/** Adds `clavier webhook …`: commands for the addresses to which events are sent. */
export function addWebhookCommands(program: Command, world: CommandWorld): void {
  const group = program.command('webhook').description('send events to other services').addHelpText('after', webhookHelpOf());
  const add: AddCommand = (usage, description) => {
    const command = withConnection(group.command(usage).description(description));
    return command.addHelpText('after', webhookHelpOf(command.name())).option('--json', 'print the result as JSON');
  };
  const run = (options: ConnectionOptions, work: (tools: CommandTools) => Promise<number>) => runCommand(world, options, work);

  withFilters(add('create <address>', 'send events to an address, and print the secret that signs them, this once')).action(
    (url: string, options: CreateOptions) =>
      run(options, async (tools) => showSecret(tools, await tools.client.createWebhook(requestOf(url, options)), options)),
  );
  add('list', 'list the webhooks, newest first').action((options: Common) => run(options, (tools) => list(tools, options)));
  add('show <webhook>', 'show a webhook and whether it is accepted').action((id: string, options: Common) =>
    run(options, async (tools) => show(tools, await tools.client.getWebhook(id), options)),
  );
  withFilters(add('change <webhook>', 'change a webhook, disable it, or enable it again'))
    .option('--to <address>', 'another address')
    .option('--all-types', 'send events of all types')
    .option('--all-studies', 'send events of all studies, without --study and --label')
    .option('--enable', 'enable it; it goes on where it stopped')
    .option('--disable', 'disable it; events wait')
    .option('--skip-waiting', 'leave out the events that wait')
    .action((id: string, options: ChangeOptions) =>
      run(options, async (tools) => show(tools, await tools.client.changeWebhook(id, changeOf(options)), options)),
    );
  add('rotate <webhook>', 'replace the secret, and print the new one, this once').action((id: string, options: Common) =>
    run(options, async (tools) => showSecret(tools, await tools.client.rotateWebhookSecret(id), options)),
  );
  add('delete <webhook>', 'delete a webhook with its deliveries; asks first')
    .option('--yes', 'do not ask')
    .action((id: string, options: Common & { readonly yes?: true }) => run(options, (tools) => remove(tools, id, options)));
  addDeliveryCommands(add, run);
}

function withFilters(command: Command): Command {
  return command
    .option('--type <type>', 'send only events of this type; repeat it for several', typesOf, [])
    .option('--study <study>', 'send only events of this study')
    .option('--label <name=value>', 'send only events of studies with this label; repeat it for several', labelsOf, [])
    .option('--description <text>', 'a note for people');
}

function filterOf({ type, study, label, description }: FilterOptions): Omit<WebhookRequest, 'url'> {
  return {
    ...(type.length > 0 && { types: type }),
    ...(study !== undefined && { studyId: study }),
    ...(label.length > 0 && { labels: Object.fromEntries(label) }),
    ...(description !== undefined && { description }),
  };
}

function requestOf(url: string, options: CreateOptions): WebhookRequest {
  return { url, ...filterOf(options) };
}

function changeOf(options: ChangeOptions): WebhookChangeRequest {
  const { to, allTypes, allStudies, enable, disable, skipWaiting } = options;
  if (enable && disable) throw new UsageError('--enable and --disable contradict each other: leave one out');
  if (allTypes && options.type.length > 0) throw new UsageError('--all-types and --type contradict each other: leave one out');
  if (allStudies && (options.study !== undefined || options.label.length > 0))
    throw new UsageError('--all-studies contradicts --study and --label: leave them out');
  const change: WebhookChangeRequest = {
    ...(to !== undefined && { url: to }),
    ...filterOf(options),
    ...(allTypes && { types: null }),
    ...(allStudies && { studyId: null, labels: {} }),
    ...(enable && { state: 'enabled' }),
    ...(disable && { state: 'disabled' }),
    ...(skipWaiting && { skipWaiting: true }),
  };
  if (Object.keys(change).length === 0) throw new UsageError('give what to change, such as --enable or --to; see --help');
  return change;
}

/** Prints the secret alone on standard output, so that a script can keep it. */
function showSecret(tools: CommandTools, made: NewWebhookRepresentation, { json }: Common): number {
  if (json) writeJson(tools, made);
  else {
    const { secret, ...webhook } = made;
    tools.screen.stream.write(`${webhookLine(webhook)}\nIts secret is shown this once. The receiver verifies messages with it:\n`);
    writeLine(tools, secret);
  }
  return exitCodes.done;
}

function show(tools: CommandTools, webhook: WebhookRepresentation, { json }: Common): number {
  if (json) writeJson(tools, webhook);
  else writeLine(tools, webhookText(webhook));
  return exitCodes.done;
}

async function list(tools: CommandTools, { json }: Common): Promise<number> {
  const webhooks: WebhookRepresentation[] = [];
  for await (const webhook of tools.client.listWebhooks()) webhooks.push(webhook);
  if (json) writeJson(tools, webhooks);
  else if (webhooks.length === 0) tools.screen.stream.write('There are no webhooks.\n');
  else writeLine(tools, webhooksText(webhooks, tools.out.columns));
  return exitCodes.done;
}

async function remove(tools: CommandTools, id: string, { yes, json }: Common & { readonly yes?: true }): Promise<number> {
  const webhook = await tools.client.getWebhook(id);
  if (!yes && !(await confirmed(tools, `Delete the ${webhookLine(webhook)}? [y/N] `))) return exitCodes.failed;
  await tools.client.deleteWebhook(id);
  if (json) writeJson(tools, webhook);
  else tools.screen.stream.write(`Deleted the ${webhookLine(webhook)}\n`);
  return exitCodes.done;
}
