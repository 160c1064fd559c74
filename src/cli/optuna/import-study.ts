import type { StudyRequest } from '../../api/study-request.ts';
import { counted } from '../../shared/counted.ts';
import { exitCodes } from '../exit-codes.ts';
import { type CommandTools, writeJson, writeLine } from '../tools.ts';
import { definitionOf, type ImportOptions } from './definition.ts';
import { readOptunaStudy, type StorageAddress } from './storage.ts';

/** The options of `clavier study import --optuna`. */
export interface OptunaImport extends ImportOptions {
  readonly address: StorageAddress;
  /** Name of the study in the storage; null: the only one. */
  readonly study: string | null;
  /** True: the definition is printed, and nothing is created. */
  readonly dryRun: boolean;
  readonly json: boolean;
}

/** Creates a study that continues one of Optuna. Remarks go to standard error. @returns the exit code */
export async function importFromOptuna(tools: CommandTools, options: OptunaImport): Promise<number> {
  const { definition, summary, remarks } = definitionOf(await readOptunaStudy(options.address, options.study), options);
  const { stream } = tools.screen;
  stream.write(`${[summary, ...remarks.map((remark) => `  - ${remark}`)].join('\n')}\n`);
  if (options.dryRun) {
    writeJson(tools, definition);
    return exitCodes.done;
  }
  const study = await tools.client.createStudy(definition as StudyRequest); // validated by the service
  if (options.json) writeJson(tools, study);
  else writeLine(tools, [study.id, study.name, study.state, `${counted(study.trials.completed, 'trial')} completed`].join('  '));
  return exitCodes.done;
}
