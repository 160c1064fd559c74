import { counted } from '../shared/counted.ts';
import { confirmed } from './confirmation.ts';
import { exitCodes } from './exit-codes.ts';
import type { AddCommand, CommandTools, ConnectionOptions, RunCommand } from './tools.ts';

type DeleteOptions = ConnectionOptions & { readonly yes?: true };

/** The study or campaign that a command deletes. */
interface DeletionTarget {
  /** Reads it and describes it in words. */
  readonly describe: () => Promise<string>;
  readonly remove: () => Promise<void>;
}

/** Adds `clavier study delete`. */
export function addStudyDeleteCommand(add: AddCommand, run: RunCommand): void {
  add('delete <study>', 'delete an ended study with its trials and results; asks first')
    .option('--yes', 'do not ask')
    .action((id: string, options: DeleteOptions) =>
      run(options, (tools) =>
        remove(tools, options, {
          describe: async () => {
            const { name, state, trials } = await tools.client.getStudy(id);
            const finished = trials.completed + trials.pruned + trials.failed;
            return `study ${name} (${state}, ${counted(finished, 'finished trial')})`;
          },
          remove: () => tools.client.deleteStudy(id),
        }),
      ),
    );
}

/** Adds `clavier campaign delete`. */
export function addCampaignDeleteCommand(add: AddCommand, run: RunCommand): void {
  add('delete <campaign>', 'delete an ended campaign with all its studies and results; asks first')
    .option('--yes', 'do not ask')
    .action((id: string, options: DeleteOptions) =>
      run(options, (tools) =>
        remove(tools, options, {
          describe: async () => {
            const { name, state, parts } = await tools.client.getCampaign(id);
            return `campaign ${name} (${state}) with its ${counted(parts.length, 'study', 'studies')}`;
          },
          remove: () => tools.client.deleteCampaign(id),
        }),
      ),
    );
}

/** Asks in every state: a study that is active when it is described can end before it is deleted. */
async function remove(tools: CommandTools, { yes }: DeleteOptions, target: DeletionTarget): Promise<number> {
  const text = await target.describe();
  if (!yes && !(await confirmed(tools, `Delete ${text} for good? An export would keep it. [y/N] `))) {
    tools.screen.stream.write('Nothing was deleted.\n');
    return exitCodes.failed;
  }
  await target.remove();
  tools.screen.stream.write(`Deleted ${text}.\n`);
  return exitCodes.done;
}
