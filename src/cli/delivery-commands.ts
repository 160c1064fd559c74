import { Option } from 'commander';
import { type DeliveryRepresentation, deliveryStateSchema } from '../api/delivery.ts';
import { exitCodes } from './exit-codes.ts';
import { countOf } from './option-values.ts';
import { watchUntilEnd } from './polling.ts';
import { type AddCommand, type CommandTools, type ConnectionOptions, type RunCommand, writeJson, writeLine } from './tools.ts';
import { answerText, deliveriesText } from './webhook-text.ts';

type Common = ConnectionOptions & { readonly json?: true };

interface ListOptions extends Common {
  readonly state?: DeliveryRepresentation['state'];
  readonly limit: number;
}

/** Adds the commands of `clavier webhook` for deliveries. */
export function addDeliveryCommands(add: AddCommand, run: RunCommand): void {
  add('ping <webhook>', 'send a test message and wait for the answer').action((id: string, options: Common) =>
    run(options, async (tools) => watched(tools, await tools.client.pingWebhook(id), options)),
  );
  add('deliveries <webhook>', 'list the messages to a receiver, newest first')
    .addOption(new Option('--state <state>', 'only those in this state').choices(deliveryStateSchema.options))
    .option('--limit <count>', 'largest number of them', countOf, 50)
    .action((id: string, options: ListOptions) => run(options, (tools) => list(tools, id, options)));
  add('redeliver <webhook> <delivery>', 'send a message again').action((id: string, delivery: string, options: Common) =>
    run(options, async (tools) => {
      const again = await tools.client.redeliver(id, delivery);
      if (options.json) writeJson(tools, again);
      else writeLine(tools, again.id);
      return exitCodes.done;
    }),
  );
}

/** Waits until a ping was answered or has failed. */
async function watched(tools: CommandTools, ping: DeliveryRepresentation, { json }: Common): Promise<number> {
  const settled = await watchUntilEnd<DeliveryRepresentation>({
    look: () => tools.client.getDelivery(ping.webhookId, ping.id),
    show: () => undefined,
    ended: ({ state }) => state !== 'pending',
    stop: tools.stop,
    pollMs: tools.pollMs ?? 500,
  });
  if (settled === null) return exitCodes.stopped;
  if (json) writeJson(tools, settled);
  else writeLine(tools, `${settled.state}: ${answerText(settled)}`);
  return settled.state === 'delivered' ? exitCodes.done : exitCodes.failed;
}

async function list(tools: CommandTools, id: string, { json, state, limit }: ListOptions): Promise<number> {
  const deliveries: DeliveryRepresentation[] = [];
  for await (const delivery of tools.client.listDeliveries(id, state === undefined ? {} : { state })) {
    deliveries.push(delivery);
    if (deliveries.length === limit) break;
  }
  if (json) writeJson(tools, deliveries);
  else if (deliveries.length === 0) tools.screen.stream.write('There are no deliveries.\n');
  else writeLine(tools, deliveriesText(deliveries, tools.out.columns));
  return exitCodes.done;
}
