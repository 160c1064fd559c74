import type { ForkRequest } from '../api/import.ts';
import { exitCodes, UsageError } from './exit-codes.ts';
import { importedStudyText } from './import-command.ts';
import { wholeNumberOf } from './option-values.ts';
import { type AddCommand, type CommandTools, type ConnectionOptions, type RunCommand, writeJson, writeLine } from './tools.ts';

interface ForkCommand extends ConnectionOptions {
  readonly generation?: number;
  readonly trials?: number;
  readonly seed?: number;
  readonly name?: string;
  readonly budgetTrials?: number;
  readonly budgetGenerations?: number;
  readonly json?: true;
}

/** Adds `clavier study fork`. */
export function addForkCommand(add: AddCommand, run: RunCommand): void {
  add('fork <study>', 'create a study that keeps the first results of another one and continues from there; print its id')
    .option('--generation <number>', 'keep the generations from 0 to this one', wholeNumberOf)
    .option('--trials <number>', 'keep this many trials, for a search without generations', wholeNumberOf)
    .option('--seed <number>', 'continue with this seed; default: as the study itself would have continued', wholeNumberOf)
    .option('--name <name>', 'another name')
    .option('--budget-trials <number>', 'replace the whole budget: total number of trials, kept ones included', wholeNumberOf)
    .option('--budget-generations <number>', 'replace the whole budget: total number of generations, kept ones included', wholeNumberOf)
    .option('--json', 'print the study as JSON')
    .action((id: string, options: ForkCommand) => run(options, (tools) => fork(tools, id, options)));
}

async function fork(tools: CommandTools, id: string, options: ForkCommand): Promise<number> {
  const study = await tools.client.forkStudy(id, requestOf(options));
  if (options.json) writeJson(tools, study);
  else writeLine(tools, importedStudyText(study));
  return exitCodes.done;
}

function requestOf({ generation, trials, seed, name, budgetTrials, budgetGenerations }: ForkCommand): ForkRequest {
  if ((generation === undefined) === (trials === undefined))
    throw new UsageError('give either --generation, the last one to keep, or --trials, how many to keep');
  return {
    ...(generation !== undefined && { generation }),
    ...(trials !== undefined && { trials }),
    ...(seed !== undefined && { seed }),
    ...(name !== undefined && { name }),
    ...((budgetTrials !== undefined || budgetGenerations !== undefined) && {
      budget: {
        ...(budgetTrials !== undefined && { trials: budgetTrials }),
        ...(budgetGenerations !== undefined && { generations: budgetGenerations }),
      },
    }),
  };
}
