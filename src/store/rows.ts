import { z } from 'zod';
import type { Origin } from '../samplers/contract.ts';
import { parameterValueSchema } from '../space/schema.ts';
import { resolvedSpecSchema } from '../studies/spec.ts';
import { studyStateSchema, trialStateSchema } from '../studies/states.ts';
import type { EpochReport, Outcome, Study, StudyCheckpoint, Trial, TrialError, TrialResult } from '../studies/study.ts';
import { outcomeReasons, trialErrorCodes, trialSources } from '../studies/study.ts';
import type {
  EpochReport as EpochReportRow,
  Prisma,
  StudyCheckpoint as StudyCheckpointRow,
  Study as StudyRow,
  Trial as TrialRow,
} from './generated/client.ts';

// Rows become domain values here and nowhere else. JSON read back is checked once, by the schemas that wrote it.

const configurationSchema = z.record(z.string(), parameterValueSchema);
const metricsSchema = z.object({ loss: z.number().nullable(), accuracy: z.number(), aucPr: z.number(), trainLoss: z.number().nullable() });
const populationSchema = z.array(z.object({ trial: z.int(), elite: z.boolean(), value: z.number().nullable() }));
const outcomeSchema: z.ZodType<Outcome> = z.object({
  reason: z.enum(outcomeReasons),
  detail: z.string(),
  lastTrial: z.int().nullable(),
});
const errorSchema: z.ZodType<TrialError> = z.object({
  code: z.enum(trialErrorCodes),
  message: z.string(),
});
const originSchema: z.ZodType<Origin> = z.record(z.string(), z.json());
const sourceSchema = z.enum(trialSources);

/** A study of its row. @throws ZodError where the JSON is not what this version stores; so do the others */
export function studyFromRow(row: StudyRow): Study {
  return {
    id: row.id,
    spec: resolvedSpecSchema.parse(row.spec),
    state: studyStateSchema.parse(row.state),
    outcome: row.outcome === null ? null : outcomeSchema.parse(row.outcome),
    version: row.version,
    sampler: { version: row.samplerVersion, state: row.samplerState, folded: row.folded, proposed: row.proposed, valued: row.valued },
    elapsedSeconds: row.elapsedSeconds,
    createdAt: row.createdAt,
    updatedAt: row.updatedAt,
    endedAt: row.endedAt,
  };
}

/** Columns that the search looks at. */
export const resultColumns = { number: true, state: true, parameters: true, origin: true, value: true, error: true } as const;

/** Attempts that failed are no result: what the search sees must not depend on how often a trial was begun. */
export function resultFromRow(row: Pick<TrialRow, keyof typeof resultColumns>): TrialResult {
  const { error, ...result } = commonFromRow(row);
  return { ...result, error: result.state === 'failed' ? error : null };
}

function commonFromRow(row: Pick<TrialRow, keyof typeof resultColumns>): TrialResult {
  return {
    number: row.number,
    state: trialStateSchema.parse(row.state),
    parameters: configurationSchema.parse(row.parameters),
    origin: originSchema.parse(row.origin),
    value: row.value,
    error: row.error === null ? null : errorSchema.parse(row.error),
  };
}

/** A trial with all that is shown of it. */
export function trialFromRow(row: TrialRow): Trial {
  return {
    ...commonFromRow(row),
    id: row.id,
    studyId: row.studyId,
    generation: row.generation,
    metrics: row.metrics === null ? null : metricsSchema.parse(row.metrics),
    diverged: row.diverged,
    epochsDone: row.epochsDone,
    attempts: row.attempts,
    failures: row.failures,
    source: sourceSchema.parse(row.source),
    queuedAt: row.queuedAt,
    startedAt: row.startedAt,
    finishedAt: row.finishedAt,
  };
}

/** The metrics after an epoch. */
export function reportFromRow(row: EpochReportRow): EpochReport {
  return { epoch: row.epoch, metrics: metricsSchema.parse(row.metrics), recordedAt: row.recordedAt };
}

/** A study checkpoint of its row. */
export function checkpointFromRow(row: StudyCheckpointRow): StudyCheckpoint {
  return {
    sequence: row.sequence,
    generation: row.generation,
    trials: row.trials,
    state: row.state,
    digest: row.digest,
    population: populationSchema.parse(row.population),
  };
}

/** A domain value as JSON for a column. Properties that are undefined are left out, as JSON does. */
export function jsonFor(value: unknown): Prisma.InputJsonValue {
  return JSON.parse(JSON.stringify(value)) as Prisma.InputJsonValue; // JSON text parses to JSON
}
