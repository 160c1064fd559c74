import { z } from 'zod';
import type { PagedList } from '../../shared/canonical-pieces.ts';
import type { Json } from '../../shared/digest.ts';
import type { Page } from '../../shared/page.ts';
import { isFinal } from '../model/states.ts';
import type { Study, StudyCheckpoint } from '../model/study.ts';
import type { Trial } from '../model/trial.ts';
import type { StudyReader } from '../ports/reader.ts';
import type { Judgement } from '../pruning/judgement.ts';
import type { ExportedCheckpoint, ExportedTrial, UnfinishedTrial } from './document.ts';

/** Number of trials that are read and written at a time: a few milliseconds of work. */
export const trialsAtOnce = 200;
/** Study checkpoints have the state of the sampler, which can be large. */
const checkpointsAtOnce = 20;

/** The lists of an export. Each is read while it is iterated. */
export interface ExportedLists {
  readonly checkpoints: PagedList<ExportedCheckpoint>;
  readonly trials: PagedList<ExportedTrial>;
  /** Known once `trials` is read. */
  readonly unfinished: PagedList<UnfinishedTrial>;
}

/** The trials that count. Open trials that were given, or that a suggestion of the asynchronous schedule knew of, follow from nothing else. */
export function exportedLists(reader: StudyReader, study: Study): ExportedLists {
  const unfinished: UnfinishedTrial[] = [];
  return { checkpoints: checkpointPages(reader, study.id), trials: trialPages(), unfinished: onePage(unfinished) };

  async function* trialPages(): AsyncGenerator<ExportedTrial[]> {
    const last = study.outcome?.lastTrial ?? Number.POSITIVE_INFINITY;
    const read = (after: number | undefined) => reader.trials({ studyId: study.id, limit: trialsAtOnce, after });
    for await (const items of pagesOf(read, ({ number }) => number)) {
      const trials = items.filter(({ number }) => number <= last);
      const evaluations = study.spec.evaluate ? await evaluationsOf(reader, study, trials) : new Map<string, Json>();
      const judgements = study.spec.pruner ? await reader.judgements(trials.map(({ id }) => id)) : noJudgements;
      yield trials.flatMap((trial) => {
        const exported = exportedTrial(trial, evaluations.get(trial.id), judgedIn(study, trial, judgements));
        if (!exported && (trial.given || study.spec.schedule === 'asynchronous')) unfinished.push(suggestionOf(trial));
        return exported ? [exported] : [];
      });
    }
  }
}

const noJudgements: ReadonlyMap<string, readonly Judgement[]> = new Map();

/** Under the deterministic schedule nothing follows from how far a failed attempt came, which may differ from run to run. */
function judgedIn({ spec }: Study, { id, state }: Trial, judgements: typeof noJudgements): readonly Judgement[] | undefined {
  return state === 'failed' && spec.schedule === 'deterministic' ? undefined : judgements.get(id);
}

async function* checkpointPages(reader: StudyReader, studyId: string): AsyncGenerator<ExportedCheckpoint[]> {
  const read = (after: number | undefined) => reader.checkpoints({ studyId, limit: checkpointsAtOnce, after });
  for await (const items of pagesOf(read, ({ sequence }) => sequence)) yield items.map(exportedCheckpoint);
}

async function* onePage<Item>(items: readonly Item[]): AsyncGenerator<readonly Item[]> {
  yield items;
}

async function evaluationsOf(reader: StudyReader, { id }: Study, trials: readonly Trial[]): Promise<ReadonlyMap<string, Json>> {
  const found = await reader.evaluations(
    id,
    trials.map((trial) => trial.id),
  );
  return new Map(found.map(({ trialId, evaluation }) => [trialId, evaluation]));
}

/**
 * A final trial that was not cancelled; null for others. Of an error only its code: messages contain sizes, exit codes and last
 * output, which differ from run to run. An error is left out if a later attempt succeeded.
 */
function exportedTrial(trial: Trial, evaluation: Json | undefined, judgements: readonly Judgement[] | undefined): ExportedTrial | null {
  const { state, value, values, diverged, error } = trial;
  if (!isFinal(state) || state === 'cancelled' || state === 'queued' || state === 'running') return null;
  const measured = { value, values, diverged, ...(evaluation && { evaluation: evaluationSchema.parse(evaluation) }) };
  return {
    ...suggestionOf(trial),
    state,
    ...measured,
    error: error && { code: error.code },
    ...(judgements && { judgements: [...judgements] }),
  };
}

function suggestionOf({ number, generation, parameters, origin, given, seen }: Trial): UnfinishedTrial {
  return {
    number,
    generation,
    parameters,
    origin,
    ...(given && { given }),
    ...(seen && { seen: { before: seen.before, except: [...seen.except] } }),
  };
}

function exportedCheckpoint({ sequence, generation, trials, state, digest }: StudyCheckpoint): ExportedCheckpoint {
  return { sequence, generation, trials, state, digest };
}

/** Measurements on held-out data are objects for every objective. */
const evaluationSchema = z.record(z.string(), z.unknown());

/** The pages of a list that have items. */
async function* pagesOf<Item>(
  read: (after: number | undefined) => Promise<Page<Item>>,
  key: (item: Item) => number,
): AsyncGenerator<readonly Item[]> {
  let after: number | undefined;
  for (;;) {
    const { items, next } = await read(after);
    const last = items.at(-1);
    if (last === undefined) return;
    yield items;
    if (next === null) return;
    after = key(last);
  }
}
