import type { Command } from 'commander';
import type { ImportRequest } from '../api/import.ts';
import { readDefinition } from './definition-file.ts';
import { exitCodes, UsageError } from './exit-codes.ts';
import { wholeNumberOf } from './option-values.ts';
import { type CommandTools, type ConnectionOptions, writeJson, writeLine } from './tools.ts';

interface ImportOptions extends ConnectionOptions {
  readonly file: string;
  readonly forkGeneration?: number;
  readonly forkTrials?: number;
  readonly seed?: number;
  readonly name?: string;
  readonly trials?: number;
  readonly generations?: number;
  readonly json?: true;
}

/** Adds `clavier study import`. @param add makes a command of the group; `run` does its work */
export function addImportCommand(
  add: (usage: string, description: string) => Command,
  run: (options: ConnectionOptions, work: (tools: CommandTools) => Promise<number>) => Promise<void>,
): void {
  add('import', 'make a study of an export: as it was, to go on, or forked; the answer has its id')
    .requiredOption('-f, --file <file>', 'the export; - reads what is piped in')
    .option('--fork-generation <number>', 'keep the generations from 0 to this one and search on from there', wholeNumberOf)
    .option('--fork-trials <number>', 'keep this many trials and search on from there', wholeNumberOf)
    .option('--seed <number>', 'of a fork: search on with this seed; else as the study itself would have gone on', wholeNumberOf)
    .option('--name <name>', 'another name')
    .option('--trials <number>', 'in place of the whole budget: trials in all, those that are there included', wholeNumberOf)
    .option('--generations <number>', 'in place of the whole budget: generations in all, those that are there included', wholeNumberOf)
    .option('--json', 'print the study as JSON')
    .action((options: ImportOptions) => run(options, (tools) => importInto(tools, options)));
}

async function importInto(tools: CommandTools, options: ImportOptions): Promise<number> {
  const study = await tools.client.importStudy(await requestOf(tools, options));
  if (options.json) writeJson(tools, study);
  else writeLine(tools, `${study.id}  ${study.name}  ${study.state}  ${study.trials.completed} trials completed`);
  return exitCodes.done;
}

async function requestOf(tools: CommandTools, options: ImportOptions): Promise<ImportRequest> {
  const { file, forkGeneration, forkTrials, seed, name, trials, generations } = options;
  if (forkGeneration !== undefined && forkTrials !== undefined)
    throw new UsageError('a fork is made after a generation or after a number of trials: give one of --fork-generation and --fork-trials');
  const document = (await readDefinition(file, tools)) as ImportRequest['document']; // the service checks it
  return {
    document,
    ...(name !== undefined && { name }),
    ...((trials !== undefined || generations !== undefined) && {
      budget: { ...(trials !== undefined && { trials }), ...(generations !== undefined && { generations }) },
    }),
    ...(forkGeneration !== undefined && { fork: { generation: forkGeneration } }),
    ...(forkTrials !== undefined && { fork: { trials: forkTrials } }),
    ...(seed !== undefined && { seed }),
  };
}
