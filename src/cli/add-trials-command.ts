import type { GivenTrial } from '../client/trials.ts';
import { readDefinition } from './definition-file.ts';
import { exitCodes, UsageError } from './exit-codes.ts';
import { type AddCommand, type CommandTools, type ConnectionOptions, type RunCommand, writeJson, writeLine } from './tools.ts';

interface AddTrialsOptions extends ConnectionOptions {
  readonly json?: true;
}

/** Adds `clavier study add-trials`. */
export function addTrialsCommand(add: AddCommand, run: RunCommand): void {
  add('add-trials <study> <file>', 'add configurations to evaluate next, and known results, from a JSON file; print their numbers')
    .option('--json', 'print the new trials as JSON')
    .action((id: string, file: string, options: AddTrialsOptions) => run(options, (tools) => addTrials(tools, { id, file }, options)));
}

async function addTrials(
  tools: CommandTools,
  { id, file }: { readonly id: string; readonly file: string },
  { json }: AddTrialsOptions,
): Promise<number> {
  const { trials: given } = await readDefinition(file, tools);
  if (!Array.isArray(given)) throw new UsageError(`${file} must contain an object with a list "trials"`);
  const trials = await tools.client.addTrials(id, given as GivenTrial[]); // validated by the service
  if (json) writeJson(tools, trials);
  else for (const trial of trials) writeLine(tools, [trial.number, trial.id, trial.state].join('  '));
  return exitCodes.done;
}
