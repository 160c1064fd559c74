import { forkText } from '../api/fork-text.ts';
import type { ImportRequest } from '../api/import.ts';
import type { StudyRepresentation } from '../api/study.ts';
import { counted } from '../shared/counted.ts';
import { readDefinition } from './definition-file.ts';
import { exitCodes, UsageError } from './exit-codes.ts';
import { wholeNumberOf } from './option-values.ts';
import { type AddCommand, type CommandTools, type ConnectionOptions, type RunCommand, writeJson, writeLine } from './tools.ts';

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

/** Adds `clavier study import`. */
export function addImportCommand(add: AddCommand, run: RunCommand): void {
  add('import', 'create a study from an export: the same, extended or forked; print its id')
    .requiredOption('-f, --file <file>', 'the export; - reads standard input')
    .option('--fork-generation <number>', 'keep the generations from 0 to this one and continue from there', wholeNumberOf)
    .option('--fork-trials <number>', 'keep this many trials and continue from there', wholeNumberOf)
    .option('--seed <number>', 'continue a fork with this seed; default: as the study itself would have continued', wholeNumberOf)
    .option('--name <name>', 'another name')
    .option('--trials <number>', 'replace the whole budget: total number of trials, existing ones included', wholeNumberOf)
    .option('--generations <number>', 'replace the whole budget: total number of generations, existing ones included', wholeNumberOf)
    .option('--json', 'print the study as JSON')
    .action((options: ImportOptions) => run(options, (tools) => importInto(tools, options)));
}

async function importInto(tools: CommandTools, options: ImportOptions): Promise<number> {
  const study = await tools.client.importStudy(await requestOf(tools, options));
  if (options.json) writeJson(tools, study);
  else writeLine(tools, importedStudyText(study));
  return exitCodes.done;
}

/** Formats a new study with results as one line: id, name, state, completed trials, and the source of a fork. */
export function importedStudyText({ id, name, state, trials, forkedFrom }: StudyRepresentation): string {
  const fork = forkedFrom ? [forkText(forkedFrom)] : [];
  return [id, name, state, `${counted(trials.completed, 'trial')} completed`, ...fork].join('  ');
}

async function requestOf(tools: CommandTools, options: ImportOptions): Promise<ImportRequest> {
  const { file, forkGeneration, forkTrials, seed, name, trials, generations } = options;
  if (forkGeneration !== undefined && forkTrials !== undefined)
    throw new UsageError('--fork-generation and --fork-trials exclude each other: give only one of them');
  const document = (await readDefinition(file, tools)) as ImportRequest['document']; // validated by the service
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
