import { z } from 'zod';
import { type Campaign, type CampaignOutcome, campaignOutcomeReasons } from '../../campaigns/campaign.ts';
import { resolvedCampaignSchema } from '../../campaigns/spec.ts';
import { valuesSchema } from '../../objectives/contract.ts';
import { digestOf, type Json, jsonSchema } from '../../shared/digest.ts';
import { parameterValueSchema } from '../../space/schema.ts';
import { changesSchema, withChanges } from '../../studies/definition/changes.ts';
import { definitionVersions, readDefinition } from '../../studies/definition/stored.ts';
import type { ActiveTime } from '../../studies/model/active-time.ts';
import { trialErrorSchema } from '../../studies/model/failure.ts';
import { forkOriginSchema } from '../../studies/model/fork-origin.ts';
import { studyStateSchema, trialStateSchema } from '../../studies/model/states.ts';
import type { ChainHead, Outcome, Study, StudyCheckpoint, StudyMembership } from '../../studies/model/study.ts';
import { outcomeSchema } from '../../studies/model/study.ts';
import type { Trial, TrialEvaluation, TrialIncident, TrialResult } from '../../studies/model/trial.ts';
import { givenKinds, incidentSchema, originSchema, reuseKinds, seenTrialsSchema, trialSources } from '../../studies/model/trial.ts';
import type {
  Campaign as CampaignRow,
  TrialEvaluation as EvaluationRow,
  TrialIncident as IncidentRow,
  Prisma,
  StudyCheckpoint as StudyCheckpointRow,
  Study as StudyRow,
  Trial as TrialRow,
} from '../generated/client.ts';
import type { KnownDefinition } from './definition-cache.ts';
import { metricValuesSchema, type studyRowSchema, type trialRowSchema } from './raw-rows.ts';

// Rows become domain values here and nowhere else. JSON read back is checked once, by the schemas that wrote it.

const configurationSchema = z.record(z.string(), parameterValueSchema);
const populationSchema = z.array(
  z.object({ trial: z.int(), elite: z.boolean(), value: z.number().nullable(), prunedAt: z.int().optional() }),
);
const campaignOutcomeSchema: z.ZodType<CampaignOutcome> = z.object({ reason: z.enum(campaignOutcomeReasons), detail: z.string() });
const definitionVersionSchema = z.literal(definitionVersions);
const sourceSchema = z.enum(trialSources);
const reuseSchema = z.enum(reuseKinds);
const givenSchema = z.enum(givenKinds);

/** A study from its row. @throws ZodError if the JSON does not match this version's schema; so do the others */
export function studyFromRow(row: StudyColumns): Study {
  return studyOf(row, definitionOf(row));
}

type StudyColumns = Pick<StudyRow, keyof z.output<typeof studyRowSchema>>;

/** A study from its row, whose definition was read. */
export function studyOf(row: Omit<StudyColumns, 'spec'>, { definition, spec }: KnownDefinition): Study {
  const changes = row.changes === null ? null : changesSchema.parse(row.changes);
  return {
    id: row.id,
    definition,
    changes,
    spec: withChanges(spec, changes),
    priority: row.priority,
    campaign: membershipFromRow(row),
    state: studyStateSchema.parse(row.state),
    outcome: outcomeFromRow(row),
    version: row.version,
    sampler: {
      version: row.samplerVersion,
      state: row.samplerState,
      observed: row.observed,
      suggested: row.suggested,
      skipped: row.skipped,
      known: row.known,
      enqueued: row.enqueued,
      withValue: row.withValue,
    },
    objectiveVersion: row.objectiveVersion,
    events: headFromRow(row),
    forkedFrom: row.forkedFrom === null ? null : forkOriginSchema.parse(row.forkedFrom),
    activeTime: activeTimeFromRow(row),
    createdBy: row.createdBy,
    trace: row.trace,
    createdAt: row.createdAt,
    updatedAt: row.updatedAt,
    endedAt: row.endedAt,
  };
}

/** The counted active time of a study. */
export function activeTimeFromRow({
  elapsedSeconds: seconds,
  tickedAt,
  activeSince: since,
}: Pick<StudyRow, 'elapsedSeconds' | 'tickedAt' | 'activeSince'>): ActiveTime {
  return { seconds, tickedAt, since };
}

/** Reads the columns of `definitionOf` in a row of a statement of our own. */
export const definitionRowSchema = z.object({
  definitionVersion: definitionVersionSchema,
  definitionDigest: z.string().nullable(),
  spec: z.custom<Prisma.JsonValue>(),
});

/** The definition in a row. Digests are stored since the second form. */
export function definitionOf({
  definitionVersion,
  definitionDigest,
  spec,
}: Pick<StudyRow, 'definitionVersion' | 'definitionDigest' | 'spec'>): KnownDefinition {
  const version = definitionVersionSchema.parse(definitionVersion);
  const content = spec as Json; // a JSON column, as the driver parsed it
  return { definition: { version, content, digest: definitionDigest ?? digestOf(content) }, spec: readDefinition(version, content) };
}

/** Reads the outcome of a study; null while it has not ended. */
export function outcomeFromRow({ outcome }: Pick<StudyRow, 'outcome'>): Outcome | null {
  return outcome === null ? null : outcomeSchema.parse(outcome);
}

/** Both columns or neither: a constraint of the table. */
function headFromRow({ eventCount, eventHead }: Pick<StudyRow, 'eventCount' | 'eventHead'>): ChainHead | null {
  return eventCount === null || eventHead === null ? null : { count: eventCount, hash: eventHead };
}

/** All three columns or none: a constraint of the table. */
export function membershipFromRow({
  campaignId,
  partKind,
  partName,
}: Pick<StudyRow, 'campaignId' | 'partKind' | 'partName'>): StudyMembership | null {
  if (campaignId === null || partKind === null || partName === null) return null;
  return { campaignId, kind: partKind, name: partName };
}

/** A campaign of its row. */
export function campaignFromRow(row: CampaignRow): Campaign {
  return {
    id: row.id,
    spec: resolvedCampaignSchema.parse(row.spec),
    state: studyStateSchema.parse(row.state),
    outcome: row.outcome === null ? null : campaignOutcomeSchema.parse(row.outcome),
    version: row.version,
    createdBy: row.createdBy,
    createdAt: row.createdAt,
    updatedAt: row.updatedAt,
    endedAt: row.endedAt,
  };
}

/** Columns that the search reads. */
export const resultColumns = {
  number: true,
  index: true,
  given: true,
  state: true,
  parameters: true,
  origin: true,
  value: true,
  violation: true,
  metricValues: true,
  stepsDone: true,
  diverged: true,
  error: true,
} as const;

/** Attempts that failed are no result: what the search sees must not depend on how often a trial was begun. */
export function resultFromRow(row: Pick<TrialRow, keyof typeof resultColumns>): TrialResult {
  const { error, ...result } = commonFromRow(row);
  return { ...result, error: result.state === 'failed' ? error : null };
}

function commonFromRow(row: Pick<TrialRow, keyof typeof resultColumns>): TrialResult {
  return {
    number: row.number,
    index: row.index,
    given: row.given === null ? null : givenSchema.parse(row.given),
    state: trialStateSchema.parse(row.state),
    parameters: configurationSchema.parse(row.parameters),
    origin: originSchema.parse(row.origin),
    value: row.value,
    ...(row.violation !== null && { violation: row.violation }),
    ...metricValuesFromRow(row),
    ...(row.state === 'pruned' && { prunedAt: row.stepsDone }),
    diverged: row.diverged,
    error: row.error === null ? null : trialErrorSchema.parse(row.error),
  };
}

/** The values of several metrics, if the row has them. */
function metricValuesFromRow({ metricValues }: Pick<TrialRow, 'metricValues'>): Pick<TrialResult, 'metricValues'> {
  const values = metricValuesSchema.parse(metricValues);
  return values === null ? {} : { metricValues: values };
}

/** A trial with all fields that are shown. */
export function trialFromRow(row: Pick<TrialRow, keyof z.output<typeof trialRowSchema>>): Trial {
  return {
    ...commonFromRow(row),
    id: row.id,
    studyId: row.studyId,
    generation: row.generation,
    values: row.values === null ? null : valuesSchema.parse(row.values),
    diverged: row.diverged,
    stepsDone: row.stepsDone,
    stepsTrained: row.stepsTrained,
    attempts: row.attempts,
    failures: row.failures,
    source: sourceSchema.parse(row.source),
    reuse: row.reuse === null ? null : reuseSchema.parse(row.reuse),
    seen: row.seen === null ? null : seenTrialsSchema.parse(row.seen),
    queuedAt: row.queuedAt,
    startedAt: row.startedAt,
    endedAt: row.finishedAt,
  };
}

/** A trial's measurement on the test split. */
export function evaluationFromRow({ trialId, evaluation }: EvaluationRow): TrialEvaluation {
  return { trialId, evaluation: jsonSchema.parse(evaluation) };
}

/** Something that happened to a trial, of its row. */
export function incidentFromRow({ kind, step, detail }: IncidentRow): TrialIncident {
  return incidentSchema.parse({ kind, step, detail });
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
