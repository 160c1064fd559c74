import { z } from 'zod';
import { type Values, valuesSchema } from '../../objectives/contract.ts';
import { prunerOptionsSchema } from '../../pruners/table.ts';
import { metricSchema, scheduleSchema } from '../../studies/definition/definition.ts';
import { givenKinds } from '../../studies/model/trial.ts';
import { isComparedWith, isJudgedAt, type Judgement, judged, othersAtMost, scoreAt, stops } from '../../studies/pruning/judgement.ts';
import { visibleReports } from '../../studies/pruning/visible.ts';
import type { ReadRows } from '../database/database.ts';
import { Prisma } from '../generated/client.ts';
import { judgementColumns, judgementOf, judgementRows } from './judgement-rows.ts';

/** A trial whose study has a pruner, as far as its judgements need it. */
export type JudgedTrial = z.output<typeof trialSchema>;

const trialSchema = z.object({
  id: z.uuid(),
  studyId: z.uuid(),
  number: z.int(),
  generation: z.int().nullable(),
  given: z.enum(givenKinds).nullable(),
  /** null: only the worker of a client that holds it knows. */
  stepsWanted: z.int().nullable(),
  /** The token that holds it; null: it waits. */
  token: z.uuid().nullable(),
  pruner: prunerOptionsSchema,
  schedule: scheduleSchema,
  parallelism: z.int(),
  metric: metricSchema.required(),
});

const judgedColumns = Prisma.sql`
  trial.id, trial.study_id AS "studyId", trial.number, trial.generation, trial.given, 
  CASE WHEN trial.lease_seconds IS NULL THEN trial.steps_wanted END AS "stepsWanted",
  trial.lease_token AS token, study.spec -> 'pruner' AS pruner, study.spec ->> 'schedule' AS schedule,
  (study.spec ->> 'parallelism')::int AS parallelism, study.spec -> 'metrics' -> 0 AS metric`;

/** Reads an open trial and locks it. @returns null if its study has no pruner, or if it is not open */
export async function lockJudged(read: ReadRows, trialId: string): Promise<JudgedTrial | null> {
  const rows = await read(Prisma.sql`
    SELECT ${judgedColumns} FROM trial JOIN study ON study.id = trial.study_id
    WHERE trial.id = ${trialId}::uuid AND trial.state IN ('queued', 'running') AND study.spec ? 'pruner'
    FOR NO KEY UPDATE OF trial`);
  return z.array(trialSchema).parse(rows)[0] ?? null;
}

/**
 * Judges a trial after a step, once: an attempt that reports the step again finds the first judgement. A step before one at which the
 * trial was judged already is not judged: a worker may report in any order. In the caller's transaction, which has locked the trial.
 *
 * @returns null if the trial is not judged at this step
 */
export async function judgeStep(read: ReadRows, trial: JudgedTrial, step: number, values: Values): Promise<Judgement | null> {
  if (!isJudgedAt(trial.pruner, step, trial.stepsWanted)) return null;
  const [known] = judgementRows.parse(
    await read(Prisma.sql`
      SELECT ${judgementColumns} FROM judgement WHERE trial_id = ${trial.id}::uuid AND step >= ${step}::int ORDER BY step LIMIT 1`),
  );
  if (known) return known.step === step ? judgementOf(known) : null;
  const { others, place } = await othersAt(read, trial, step);
  const judgement = judged(trial.pruner, { step, score: scoreAt(trial.metric, values) }, others);
  await read(Prisma.sql`
    INSERT INTO judgement (trial_id, step, study_id, number, score, others, least, place)
    VALUES (${trial.id}::uuid, ${step}::int, ${trial.studyId}::uuid, ${trial.number}::int, ${judgement.score}::double precision,
      ${judgement.others}::int, ${judgement.least}::double precision, ${place}::int)`);
  return place === null ? judgement : { ...judgement, place };
}

const stepsSchema = z.array(z.object({ step: z.int(), values: valuesSchema }));

/**
 * Judges a trial after each of the known steps of its training up to one, in order, as if they were reported. A step that diverged ends a
 * training, and is not judged.
 *
 * @returns the step after which it is stopped, with its values; null if it goes on
 */
export async function judgeKnownSteps(
  read: ReadRows,
  trial: JudgedTrial,
  { resultKey, upTo }: { readonly resultKey: string; readonly upTo: number },
): Promise<{ readonly step: number; readonly values: Values } | null> {
  const steps = Array.from({ length: upTo }, (_, index) => index + 1).filter((step) => isJudgedAt(trial.pruner, step, trial.stepsWanted));
  const known = stepsSchema.parse(
    await read(Prisma.sql`
      SELECT step, values FROM step_result WHERE result_key = ${resultKey} AND step = ANY (${steps}::int[]) AND NOT diverged ORDER BY step`),
  );
  for (const { step, values } of known) {
    const judgement = await judgeStep(read, trial, step, values);
    if (judgement && stops(judgement)) return { step, values };
  }
  return null;
}

/** Scores that a judgement sees, the youngest first, and its place if it is numbered. */
interface Others {
  readonly others: readonly (number | null)[];
  readonly place: number | null;
}

async function othersAt(read: ReadRows, trial: JudgedTrial, step: number): Promise<Others> {
  const visible = visibleReports(trial, trial);
  switch (visible.kind) {
    case 'arrived':
      return arrived(read, trial, step);
    case 'before':
      return { others: await scoresBefore(read, trial, { step, number: visible.number }), place: null };
    case 'before-generation': {
      const number = await endOfGenerationBefore(read, trial, visible.generation);
      return { others: await scoresBefore(read, trial, { step, number }), place: null };
    }
  }
}

const scoresSchema = z.array(z.object({ score: z.number().nullable() }));

/**
 * Scores of the trials below a number that the pruner compares with, the youngest first. All trials below it are final. It reads the judgements of the
 * step, the youngest first, up to the limit of those that count: of a pruner that compares with completed trials it also passes over the stopped ones
 * between them.
 */
async function scoresBefore(
  read: ReadRows,
  { studyId, pruner }: JudgedTrial,
  { step, number }: { readonly step: number; readonly number: number },
): Promise<(number | null)[]> {
  const states = (['completed', 'pruned'] as const).filter((state) => isComparedWith(pruner, state));
  const rows = scoresSchema.parse(
    await read(Prisma.sql`
      SELECT judgement.score FROM judgement JOIN trial ON trial.id = judgement.trial_id AND trial.state::text = ANY (${states}::text[])
      WHERE judgement.study_id = ${studyId}::uuid AND judgement.step = ${step}::int AND judgement.number < ${number}::int
      ORDER BY judgement.number DESC LIMIT ${othersAtMost}::int`),
  );
  return rows.map(({ score }) => score);
}

/** One more than the highest number of an earlier generation; 0 if there is none. */
async function endOfGenerationBefore(read: ReadRows, { studyId, number }: JudgedTrial, generation: number): Promise<number> {
  const rows = await read(Prisma.sql`
    SELECT number FROM trial WHERE study_id = ${studyId}::uuid AND number < ${number}::int AND generation < ${generation}::int
    ORDER BY number DESC LIMIT 1`);
  const [last] = z.array(z.object({ number: z.int() })).parse(rows);
  return last === undefined ? 0 : last.number + 1;
}

/** Judgements of one study and step are made one after another, so that each has seen exactly those before it. */
async function arrived(read: ReadRows, { studyId }: JudgedTrial, step: number): Promise<Others> {
  await read(Prisma.sql`SELECT pg_advisory_xact_lock(hashtextextended(${`${studyId}/${step}`}, 0))::text AS locked`);
  const rows = z.array(z.object({ score: z.number().nullable(), place: z.int() })).parse(
    await read(Prisma.sql`
      SELECT score, place FROM judgement
      WHERE study_id = ${studyId}::uuid AND step = ${step}::int AND place IS NOT NULL
      ORDER BY place DESC LIMIT ${othersAtMost}::int`),
  );
  return { others: rows.map(({ score }) => score), place: (rows[0]?.place ?? -1) + 1 };
}
