import { forkText } from '../api/fork-text.ts';
import type { ImportRequest } from '../api/import.ts';
import type { StudyRepresentation } from '../api/study.ts';
import { counted } from '../shared/counted.ts';
import { readDefinition } from './definition-file.ts';
import { exitCodes, UsageError } from './exit-codes.ts';
import { wholeNumberOf } from './option-values.ts';
import { importFromOptuna, type OptunaImport } from './optuna/import-study.ts';
import { type StorageAddress, storageAddressOf } from './optuna/storage.ts';
import { type AddCommand, type CommandTools, type ConnectionOptions, type RunCommand, writeJson, writeLine } from './tools.ts';

interface ImportOptions extends ConnectionOptions {
  readonly file?: string;
  readonly optuna?: string;
  readonly study?: string;
  readonly sampler?: string;
  readonly dryRun?: true;
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
  add('import', 'create a study from an export (the same, extended or forked) or from a study of Optuna; print its id')
    .option('-f, --file <file>', 'the export; - reads standard input')
    .option('--optuna <storage>', 'a storage of Optuna 3, 4 or 5: sqlite:///PATH, postgresql://… or FILE (see below)')
    .option('--fork-generation <number>', 'keep the generations from 0 to this one and continue from there', wholeNumberOf)
    .option('--fork-trials <number>', 'keep this many trials and continue from there', wholeNumberOf)
    .option(
      '--seed <number>',
      'continue a fork, or a study of Optuna, with this seed; default: as the study itself would have continued, or a drawn one',
      wholeNumberOf,
    )
    .option('--name <name>', 'another name')
    .option(
      '--trials <number>',
      'replace the whole budget: total number of trials, existing ones included; with --optuna: how many more (default: 100)',
      wholeNumberOf,
    )
    .option('--generations <number>', 'replace the whole budget: total number of generations, existing ones included', wholeNumberOf)
    .option('--study <name>', 'with --optuna: the study, if the storage has several')
    .option('--sampler <type>', 'with --optuna: the sampler that continues the search (default: the service chooses one)')
    .option('--dry-run', 'with --optuna: only print the definition, the body of POST /v1/studies; nothing is created')
    .option('--json', 'print the study as JSON')
    .action((options: ImportOptions) => run(options, (tools) => importInto(tools, options)));
}

async function importInto(tools: CommandTools, options: ImportOptions): Promise<number> {
  if (options.optuna !== undefined) return importFromOptuna(tools, optunaOptionsOf(options, storageAddressOf(options.optuna)));
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
  if (file === undefined) throw new UsageError('nothing to import: give -f FILE with an export, or --optuna STORAGE');
  refuseOptions(options, ['study', 'sampler', 'dryRun'], 'needs --optuna');
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

function optunaOptionsOf(options: ImportOptions, address: StorageAddress): OptunaImport {
  refuseOptions(options, ['file', 'forkGeneration', 'forkTrials', 'generations'], 'does not go with --optuna');
  const { study = null, sampler = 'auto', trials = 100, name, seed, dryRun, json } = options;
  return { address, study, sampler, trials, name, seed, dryRun: dryRun ?? false, json: json ?? false };
}

function refuseOptions(options: ImportOptions, names: readonly (keyof ImportOptions)[], reason: string): void {
  const given = names.find((name) => options[name] !== undefined);
  if (given) throw new UsageError(`--${given.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)} ${reason}`);
}
