import { z } from 'zod';
import { type Values, valuesSchema } from '../../objectives/contract.ts';
import { inBatches } from '../../shared/batches.ts';
import { metricOf, type ResolvedSpec } from '../../studies/definition/definition.ts';
import { neededValues, rankOf } from '../../studies/definition/ranking.ts';
import type { Lease } from '../../studies/ports/queue.ts';
import type { WorkerResult, WorkerTrials } from '../../studies/ports/workers.ts';
import { inStatement, retried } from '../database/database.ts';
import type { DirectDatabase } from '../database/direct.ts';
import { definitionRowSchema } from '../studies/rows.ts';
import { reportedCheckpoint } from './hand-out.ts';
import { areJudged, storeJudgedReports } from './judged-reports.ts';
import type { Known } from './known.ts';
import { isContradiction, type Reports, renewWorkerLeases, storeReports } from './leases.ts';
import { oneAfterAnother } from './one-after-another.ts';
import { type Completion, completeTrials, failWorkerTrial, releaseWorkerTrial, withoutValues } from './settle.ts';

/** Largest number of requests that one statement serves. */
const mostAtOnce = 100;

/** The trials that workers hold, on the driver. Requests that arrive together are served by one statement. */
export function workerTrials(direct: DirectDatabase, known: Known): WorkerTrials {
  const definitionOf = (trialId: string) => definitionOfTrial(direct, known, trialId);
  const renew = inBatches((leases: readonly Lease[]) => retried(() => renewWorkerLeases(direct, leases)), { most: mostAtOnce });
  const report = inBatches(
    (given: readonly Reports[]) => oneEach(given, (each) => inStatement('report', () => onceMore(() => storeReports(direct, each)))),
    { most: mostAtOnce },
  );
  const complete = inBatches(
    (given: readonly Completion[]) => oneEach(given, (each) => inStatement('settle', () => completeTrials(direct, each))),
    { most: mostAtOnce },
  );
  const judging = oneAfterAnother();
  return {
    heartbeat: renew,
    report: async (lease, reports) => {
      const spec = await definitionOf(lease.trialId);
      if (!areJudged(spec?.pruner, reports)) return report({ lease, reports });
      const studyId = known.studyOf.get(lease.trialId) ?? lease.trialId;
      return judging(studyId, () => inStatement('report', () => onceMore(() => storeJudgedReports(direct, { lease, reports }))));
    },
    complete: async (lease, result) => {
      const spec = await definitionOf(lease.trialId);
      if (!spec) return { kind: 'unknown-trial' };
      const delivered = result.values ? { values: result.values, resumed: null } : await deliveredValues(direct, lease);
      const missing = neededValues(spec).find((name) => !delivered || !Object.hasOwn(delivered.values, name));
      if (!delivered) return (await withoutValues(direct, lease)) ?? { kind: 'no-value', metric: metricOf(spec).name };
      if (missing !== undefined) return { kind: 'no-value', metric: missing };
      return complete(completionOf(spec, lease, { result, delivered }));
    },
    fail: (lease, failure) => inStatement('settle', () => failWorkerTrial(direct, lease, failure)),
    release: (lease) => inStatement('release', () => releaseWorkerTrial(direct, lease)),
  };
}

/** Another process that stored other values at the same moment is found by the second try. */
function onceMore<T>(store: () => Promise<T>): Promise<T> {
  return store().catch((error: unknown) => {
    if (!isContradiction(error)) throw error;
    return store();
  });
}

function completionOf(
  spec: ResolvedSpec,
  lease: Lease,
  { result, delivered: { values, resumed } }: { readonly result: WorkerResult; readonly delivered: DeliveredValues },
): Completion {
  const checkpoint = result.checkpoint ?? resumed?.checkpoint ?? null;
  return { ...result, values, checkpoint, resumedAt: resumed?.step ?? null, lease, ...rankOf(spec, { values, diverged: false }) };
}

/** Serves requests about the same trial one after another: a statement must not meet a row twice. */
async function oneEach<Item extends { readonly lease: Lease }, Result>(
  items: readonly Item[],
  serve: (items: readonly Item[]) => Promise<readonly Result[]>,
): Promise<Result[]> {
  const results = new Map<Item, Result>();
  let left = [...items];
  while (left.length > 0) {
    const first = new Map<string, Item>();
    for (const item of left) if (!first.has(item.lease.trialId)) first.set(item.lease.trialId, item);
    const round = [...first.values()];
    const served = await serve(round);
    round.forEach((item, index) => {
      const result = served[index];
      if (result !== undefined) results.set(item, result);
    });
    const done = new Set(round);
    left = left.filter((item) => !done.has(item));
  }
  return items.flatMap((item) => results.get(item) ?? []);
}

const definitionRows = z.array(definitionRowSchema);
const studyIdRows = z.array(z.object({ study_id: z.uuid() }));

/** The definition of the study of a trial; null if there is no such trial. It never changes, so it is read once. */
async function definitionOfTrial(database: DirectDatabase, { definitions, studyOf }: Known, trialId: string): Promise<ResolvedSpec | null> {
  const studyId = studyOf.get(trialId) ?? (await studyOfTrial(database, trialId));
  if (studyId === null) return null;
  studyOf.set(trialId, studyId);
  const known = definitions.get(studyId);
  if (known) return known;
  const rows = await database.rows({
    text: `SELECT definition_version AS "definitionVersion", definition_digest AS "definitionDigest", spec FROM study WHERE id = $1::uuid`,
    values: [studyId],
  });
  const [row] = definitionRows.parse(rows);
  return row ? (definitions.get(studyId) ?? definitions.keep(studyId, row)) : null;
}

/** The definition of a study may be large: it is not read again for each of its trials. */
async function studyOfTrial(database: DirectDatabase, trialId: string): Promise<string | null> {
  const rows = await database.rows({ text: 'SELECT study_id FROM trial WHERE id = $1::uuid', values: [trialId] });
  return studyIdRows.parse(rows)[0]?.study_id ?? null;
}

const deliveredSchema = z
  .array(
    z.object({
      values: valuesSchema.nullable(),
      resumed: z.object({ step: z.int(), values: valuesSchema, checkpoint: z.string() }).nullable(),
    }),
  )
  .transform(([row]) => row);

/** The values that a worker delivers without naming them. */
interface DeliveredValues {
  readonly values: Values;
  /** The checkpoint at which the attempt resumed and found nothing left to do; null: they are those of its last report. */
  readonly resumed: { readonly step: number; readonly checkpoint: string } | null;
}

/**
 * The values of the last report of the attempt that a token began. An attempt that reported nothing delivers those of the checkpoint at which it resumed,
 * if an earlier attempt of the trial made it after the last step, and ended before it delivered the result: the last step is that which the
 * search asks for, or else the highest one that was reported. Null if there is neither.
 */
async function deliveredValues(database: DirectDatabase, { trialId, token }: Lease): Promise<DeliveredValues | null> {
  const rows = await database.rows({
    text: `
      WITH held AS (
        SELECT trial.id, trial.number, COALESCE((trial.payload ->> 'steps')::int, trial.steps_reached) AS last, (
          SELECT max(place) FROM generate_subscripts(trial.tokens, 1) AS place WHERE trial.tokens[place] = $2::uuid
        ) AS attempt
        FROM trial WHERE trial.id = $1::uuid
      ), known AS (
        SELECT last, ${reportedCheckpoint('held', 'attempt < held.attempt')} AS resumed, (
          SELECT measurement.values FROM measurement WHERE trial_id = held.id AND attempt = held.attempt ORDER BY step DESC LIMIT 1
        ) AS values
        FROM held
      )
      SELECT values, CASE WHEN (resumed ->> 'step')::int >= last THEN resumed END AS resumed FROM known`,
    values: [trialId, token],
  });
  const { values, resumed } = deliveredSchema.parse(rows) ?? { values: null, resumed: null };
  if (values) return { values, resumed: null };
  return resumed ? { values: resumed.values, resumed } : null;
}
