import { z } from 'zod';
import { Prisma } from '../generated/client.ts';

// Rows of statements of our own, under the names that the client of the database gives to columns: `rows.ts` reads both.

/** A value as the driver parsed it; the reader of the row checks it. */
export const json = z.custom<Prisma.JsonValue>();
/** A moment of a column, or of a row that came as JSON. */
const moment = z.coerce.date();

/** The values of several metrics; null where there is one. */
export const metricValuesSchema = z.array(z.number()).nullable();

/** The columns of a trial that rank it. */
export const rankedRowSchema = z.object({
  number: z.int(),
  value: z.number().nullable(),
  violation: z.number().nullable(),
  metricValues: metricValuesSchema,
  diverged: z.boolean(),
});

/** A row without the members that a study of one metric, or without limits, does not have. */
export function withoutAbsent<Row extends Pick<z.output<typeof rankedRowSchema>, 'violation' | 'metricValues'>>({
  violation,
  metricValues,
  ...row
}: Row) {
  return { ...row, ...(violation !== null && { violation }), ...(metricValues !== null && { metricValues }) };
}

/** Columns of the row `study` that `studyFromRow` reads, without `spec`. */
export const studyColumns = Prisma.sql`
  study.id, study.changes, study.priority, study.state, study.outcome, study.version, study.definition_version AS "definitionVersion",
  study.definition_digest AS "definitionDigest", study.objective_version AS "objectiveVersion", study.sampler_version AS "samplerVersion",
  study.sampler_state AS "samplerState", study.observed, study.suggested, study.skipped, study.known, study.enqueued, study.with_value AS "withValue",
  study.event_count AS "eventCount", study.event_head AS "eventHead", study.forked_from AS "forkedFrom",
  study.elapsed_seconds AS "elapsedSeconds", study.ticked_at AS "tickedAt", study.active_since AS "activeSince",
  study.campaign_id AS "campaignId", study.part_kind AS "partKind", study.part_name AS "partName",
  study.created_by AS "createdBy", study.trace, study.created_at AS "createdAt", study.updated_at AS "updatedAt", study.ended_at AS "endedAt"`;

/** Reads `studyColumns` and `spec`. */
export const studyRowSchema = z.object({
  id: z.string(),
  spec: json,
  changes: json,
  priority: z.int(),
  state: z.string(),
  outcome: json,
  version: z.int(),
  definitionVersion: z.int(),
  definitionDigest: z.string().nullable(),
  objectiveVersion: z.int(),
  samplerVersion: z.int(),
  samplerState: json,
  observed: z.int(),
  suggested: z.int(),
  skipped: z.int(),
  known: z.int(),
  enqueued: z.int(),
  withValue: z.int(),
  eventCount: z.int().nullable(),
  eventHead: z.string().nullable(),
  forkedFrom: json,
  elapsedSeconds: z.number(),
  tickedAt: moment.nullable(),
  activeSince: moment.nullable(),
  campaignId: z.string().nullable(),
  partKind: z.string().nullable(),
  partName: z.string().nullable(),
  createdBy: z.string().nullable(),
  trace: z.string().nullable(),
  createdAt: moment,
  updatedAt: moment,
  endedAt: moment.nullable(),
});

/** Columns of the row `trial` that `trialFromRow` reads. */
export const trialColumns = Prisma.sql`
  trial.id, trial.study_id AS "studyId", trial.number, trial.index, trial.given, trial.generation, trial.state, trial.parameters, trial.origin, trial.value,
  trial.violation, trial.metric_values AS "metricValues", trial.values, trial.diverged, trial.steps_done AS "stepsDone", trial.steps_trained AS "stepsTrained", trial.attempts, trial.failures,
  trial.source, trial.reuse, trial.seen, trial.error, trial.queued_at AS "queuedAt", trial.started_at AS "startedAt",
  trial.finished_at AS "finishedAt"`;

/** Reads `trialColumns`. */
export const trialRowSchema = z.object({
  id: z.string(),
  studyId: z.string(),
  number: z.int(),
  index: z.int().nullable(),
  given: z.string().nullable(),
  generation: z.int().nullable(),
  state: z.string(),
  parameters: json,
  origin: json,
  value: z.number().nullable(),
  violation: z.number().nullable(),
  metricValues: json,
  values: json,
  diverged: z.boolean(),
  stepsDone: z.int(),
  stepsTrained: z.int(),
  attempts: z.int(),
  failures: z.int(),
  source: z.string(),
  reuse: z.string().nullable(),
  seen: json,
  error: json,
  queuedAt: moment,
  startedAt: moment.nullable(),
  finishedAt: moment.nullable(),
});
