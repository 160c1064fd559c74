import { z } from 'zod';
import { labelsSchema, resolvedMetricSchema } from '../../studies/definition/definition.ts';
import { definitionVersions, readDefinition } from '../../studies/definition/stored.ts';
import { studyStateSchema } from '../../studies/model/states.ts';
import type { StudySummary } from '../../studies/model/study.ts';
import { type DefinitionSummary, definitionSummarySchema, summaryOf } from '../../studies/search/definition-summary.ts';
import { plannedWithGiven } from '../../studies/search/planned-trials.ts';
import { bestTrialSchema } from './listed.ts';
import { activeTimeFromRow, membershipFromRow } from './rows.ts';

/** Columns of a study or campaign in a list. */
export const listedColumns = {
  id: z.string(),
  name: z.string(),
  state: studyStateSchema,
  summary: z.unknown(),
  definition_version: z.int(),
  /** The definition, of rows without a summary. */
  spec: z.unknown(),
  observed: z.int(),
  suggested: z.int(),
  finished: z.int(),
  best: bestTrialSchema.nullable(),
  created_at: z.date(),
  updated_at: z.date(),
  ended_at: z.date().nullable(),
};

/** The outcome of a study or campaign. The reason may be one of a newer version. */
export const shownOutcomeSchema = z.object({ reason: z.string(), detail: z.string() });

/** A row of `listStudies`. */
export const listedStudySchema = z.object({
  ...listedColumns,
  outcome: shownOutcomeSchema.extend({ lastTrial: z.number().nullable() }).nullable(),
  labels: labelsSchema.catch({}),
  skipped: z.int(),
  known: z.int(),
  enqueued: z.int(),
  elapsed_seconds: z.number(),
  ticked_at: z.date().nullable(),
  active_since: z.date().nullable(),
  campaign_id: z.string().nullable(),
  part_kind: z.string().nullable(),
  part_name: z.string().nullable(),
});
type ListedStudy = z.output<typeof listedStudySchema>;

/** A study in a list. It is read in every version of the definition, unknown ones included. */
export function studySummaryFromRow(row: ListedStudy): StudySummary {
  const { outcome, labels, observed, suggested, skipped, finished, best } = row;
  const { sampler, metrics, planned } = row.summary === null ? summaryOfStored(row) : definitionSummarySchema.parse(row.summary);
  return {
    ...listedHead(row),
    outcome,
    campaign: membershipFromRow({ campaignId: row.campaign_id, partKind: row.part_kind, partName: row.part_name }),
    labels,
    samplerType: sampler,
    metrics,
    observed,
    suggested: suggested - skipped,
    finished,
    planned: plannedWithGiven(planned, row),
    best,
    activeTime: activeTimeFromRow({ elapsedSeconds: row.elapsed_seconds, tickedAt: row.ticked_at, activeSince: row.active_since }),
  };
}

/** The columns that studies and campaigns share. */
export function listedHead(row: Pick<ListedStudy, 'id' | 'name' | 'state' | 'created_at' | 'updated_at' | 'ended_at'>) {
  const { id, name, state, created_at: createdAt, updated_at: updatedAt, ended_at: endedAt } = row;
  return { id, name, state, createdAt, updatedAt, endedAt };
}

const shownMetricSchema = z.object(resolvedMetricSchema.shape);
/** The parts of a definition that lists show, in every version so far; a part that is not there or of another form is left out. */
const shownDefinitionSchema = z.object({
  sampler: z.object({ type: z.string() }).nullable().catch(null),
  metrics: z.array(shownMetricSchema).nullable().catch(null),
  metric: shownMetricSchema.nullable().catch(null),
});

/** Of a definition that was stored without a summary. */
function summaryOfStored({ definition_version, spec }: ListedStudy): DefinitionSummary {
  const version = z.literal(definitionVersions).safeParse(definition_version);
  const known = version.success ? z.unknown().transform(readerOf(version.data)).safeParse(spec) : null;
  if (known?.success) return summaryOf(known.data);
  const { sampler, metrics, metric } = shownDefinitionSchema.parse(spec);
  return { sampler: sampler?.type ?? null, metrics: metrics ?? (metric ? [metric] : []), planned: null };
}

/** Reads a definition inside a schema, which turns its error into issues. */
function readerOf(version: (typeof definitionVersions)[number]) {
  return (content: unknown, { issues }: z.core.$RefinementCtx) => {
    try {
      return readDefinition(version, content);
    } catch (error) {
      if (!(error instanceof z.ZodError)) throw error;
      issues.push({ code: 'custom', message: error.message, input: content });
      return z.NEVER;
    }
  };
}
