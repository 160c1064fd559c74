import type { Command } from 'commander';
import { counted } from '../shared/counted.ts';
import { confirmed } from './confirmation.ts';
import { exitCodes } from './exit-codes.ts';
import type { CommandTools, ConnectionOptions } from './tools.ts';

type DeleteOptions = ConnectionOptions & { readonly yes?: true };
type Add = (usage: string, description: string) => Command;
type Run = (options: ConnectionOptions, work: (tools: CommandTools) => Promise<number>) => Promise<void>;

/** The thing that a command deletes, in words, and its state: the service refuses to delete what has not ended. */
interface Doomed {
  readonly text: string;
  readonly ended: boolean;
}

/** Adds `clavier study delete`. @param add adds a command to the group; `run` runs it */
export function addStudyDeleteCommand(add: Add, run: Run): void {
  add('delete <study>', 'delete an ended study with its trials and results; asks first')
    .option('--yes', 'do not ask')
    .action((id: string, options: DeleteOptions) =>
      run(options, (tools) =>
        remove(tools, options, {
          look: async () => {
            const { name, state, endedAt, trials } = await tools.client.getStudy(id);
            const finished = trials.completed + trials.pruned + trials.failed;
            return { text: `study ${name} (${state}, ${counted(finished, 'finished trial')})`, ended: endedAt !== null };
          },
          remove: () => tools.client.deleteStudy(id),
        }),
      ),
    );
}

/** Adds `clavier campaign delete`. @param add adds a command to the group; `run` runs it */
export function addCampaignDeleteCommand(add: Add, run: Run): void {
  add('delete <campaign>', 'delete an ended campaign with all its studies and results; asks first')
    .option('--yes', 'do not ask')
    .action((id: string, options: DeleteOptions) =>
      run(options, (tools) =>
        remove(tools, options, {
          look: async () => {
            const { name, state, endedAt, parts } = await tools.client.getCampaign(id);
            return { text: `campaign ${name} (${state}) with its ${counted(parts.length, 'study', 'studies')}`, ended: endedAt !== null };
          },
          remove: () => tools.client.deleteCampaign(id),
        }),
      ),
    );
}

async function remove(
  tools: CommandTools,
  { yes }: DeleteOptions,
  target: { readonly look: () => Promise<Doomed>; readonly remove: () => Promise<void> },
): Promise<number> {
  const { text, ended } = await target.look();
  if (ended && !yes && !(await confirmed(tools, `Delete ${text} for good? An export would keep it. [y/N] `))) {
    tools.screen.stream.write('Nothing was deleted.\n');
    return exitCodes.failed;
  }
  await target.remove();
  tools.screen.stream.write(`Deleted ${text}.\n`);
  return exitCodes.done;
}
