import { hasRounds } from '../api/rounds.ts';
import { shownViolation, sourceOf } from '../api/trial.ts';
import { objectiveFor } from '../objectives/table.ts';
import { earlierValuesOf } from '../samplers/origin.ts';
import type { ResolvedSpec, StudySpec } from '../studies/definition/definition.ts';
import type { Trial } from '../studies/model/trial.ts';
import type { StudyReader } from '../studies/ports/reader.ts';
import { type CsvValue, csvRecord } from './csv.ts';

/** Number of trials that are read and sent at a time. */
const pageSize = 500;

/** A study whose trials are listed; the name of the part is a column of a campaign's list. */
export interface ListedStudy {
  readonly studyId: string;
  readonly part: { readonly name: string; readonly kind: string } | null;
}

type Column = readonly [string, (trial: Trial) => CsvValue];

const firstColumns: readonly Column[] = [
  ['number', (trial) => trial.number],
  ['id', (trial) => trial.id],
  ['given', (trial) => trial.given],
  ['generation', (trial) => trial.generation],
  ['state', (trial) => trial.state],
  ['source', sourceOf],
  ['value', (trial) => trial.value],
];
/** Only where a study has a pruner. */
const prunedAtColumn: Column = ['prunedAt', ({ prunedAt }) => prunedAt ?? null];
/** Only where a study has constraints. */
const violationColumn: Column = ['violation', ({ violation }) => (violation === undefined ? null : shownViolation(violation))];
/** Only where a population trains together, so that values change while a trial goes on: those of its first steps, as JSON. */
const earlierValuesColumn: Column = ['earlierValues', ({ origin }) => earlierValuesText(origin)];
const laterColumns: readonly Column[] = [
  ['diverged', (trial) => trial.diverged],
  ['stepsDone', (trial) => trial.stepsDone],
  ['stepsTrained', (trial) => trial.stepsTrained],
  ['attempts', (trial) => trial.attempts],
  ['failures', (trial) => trial.failures],
  ['error.code', (trial) => trial.error?.code ?? null],
  ['error.detail', (trial) => trial.error?.message ?? null],
  ['queuedAt', (trial) => trial.queuedAt],
  ['startedAt', (trial) => trial.startedAt],
  ['endedAt', (trial) => trial.endedAt],
];

/**
 * Yields all trials of studies over one search space and objective as CSV, page by page: a header, then the studies in order,
 * each by trial number. Rows are current as of the read of their page. A value has the column `values.<name>` and a parameter
 * `parameters.<name>`, so that neither collides with another column.
 */
export async function* trialsCsv(
  reader: StudyReader,
  {
    searchSpace,
    objective,
    constraints,
    pruner,
    sampler,
  }: Pick<StudySpec, 'searchSpace' | 'objective' | 'constraints'> &
    Pick<ResolvedSpec, 'pruner'> & { readonly sampler?: { readonly type: string } },
  studies: readonly ListedStudy[],
): AsyncGenerator<string> {
  const names = searchSpace.map(({ name }) => name);
  const values = objectiveFor(objective)
    .values()
    .map(({ name }): Column => [`values.${name}`, (trial) => trial.values?.[name] ?? null]);
  const columns = [
    ...firstColumns,
    ...(constraints ? [violationColumn] : []),
    ...(pruner ? [prunedAtColumn] : []),
    ...values,
    ...laterColumns,
    ...(sampler && hasRounds(sampler.type) ? [earlierValuesColumn] : []),
  ];
  const parted = studies.some(({ part }) => part !== null);
  yield csvRecord([...(parted ? ['part', 'kind'] : []), ...columns.map(([name]) => name), ...names.map((name) => `parameters.${name}`)]);
  for (const { studyId, part } of studies) {
    const head = part ? [part.name, part.kind] : [];
    for await (const trials of pages(reader, studyId)) {
      yield trials
        .map((trial) =>
          csvRecord([...head, ...columns.map(([, value]) => value(trial)), ...names.map((name) => trial.parameters[name] ?? null)]),
        )
        .join('');
    }
  }
}

function earlierValuesText(origin: Trial['origin']): string | null {
  const earlierValues = earlierValuesOf(origin);
  return earlierValues.length === 0 ? null : JSON.stringify(earlierValues);
}

async function* pages(reader: StudyReader, studyId: string): AsyncGenerator<readonly Trial[]> {
  let after: number | undefined;
  for (;;) {
    const { items, next } = await reader.trials({ studyId, limit: pageSize, after });
    const last = items.at(-1);
    if (last) yield items;
    if (next === null || last === undefined) return;
    after = last.number;
  }
}
