import { z } from 'zod';
import { parameterValueSchema } from '../space/schema.ts';
import { resolvedMetricSchema } from '../studies/definition/definition.ts';
import { activeSecondsAt } from '../studies/model/active-time.ts';
import { type ListedBest, outcomeReasons, outcomeSchema, type StudySummary } from '../studies/model/study.ts';
import { pageOf } from './page.ts';
import { progressSchema, representStudyHead, representStudyTimes, samplerTypeSchema, studyHead, studyTimes } from './study.ts';

const outcomeSummarySchema = outcomeSchema
  .extend({ reason: z.string().describe(`${outcomeReasons.join(', ')}; a newer release may have others.`) })
  .meta({ id: 'OutcomeSummary', description: 'The reason for which a study in a list ended.' });

/** The best trial of a study or campaign in a list, or of a study in a comparison. */
export const listedBestSchema = z
  .strictObject({
    value: z.number().describe('Its value of the metric.'),
    parameters: z.record(z.string(), parameterValueSchema).describe('Values by parameter name.'),
    trialId: z.uuid().describe('Id of the trial; see /v1/trials/{trialId}.'),
    number: z.int().min(0).describe('Number of the trial in its study.'),
  })
  .meta({ id: 'ListedBest', description: 'The best completed trial of a study or campaign in a list, or of a study in a comparison.' });

const studySummarySchema = z
  .strictObject({
    ...studyHead,
    outcome: outcomeSummarySchema.nullable().describe('null until it ends.'),
    labels: z.record(z.string(), z.string()).describe('Its labels.'),
    sampler: samplerTypeSchema.nullable().describe('null if only a newer release can read it.'),
    metrics: z.array(resolvedMetricSchema).describe('The metrics that it optimises; empty if only a newer release can read them.'),
    progress: progressSchema,
    best: listedBestSchema.nullable().describe('The best completed trial so far; null if none has a value that ranks.'),
    elapsedSeconds: z
      .number()
      .min(0)
      .describe('Active time until `updatedAt`: pauses, and the time in which no service worked, are left out.'),
    ...studyTimes,
  })
  .meta({ id: 'StudySummary', description: 'A study in a list.' });

export const studyPageSchema = pageOf('StudyPage', studySummarySchema);

export type StudySummaryRepresentation = z.output<typeof studySummarySchema>;

/** Builds the representation of a study in a list. */
export function representStudySummary(study: StudySummary): StudySummaryRepresentation {
  const { outcome, labels, samplerType, metrics, best } = study;
  return {
    ...representStudyHead(study),
    outcome,
    labels: { ...labels },
    sampler: samplerType === null ? null : { type: samplerType },
    metrics: [...metrics],
    progress: representListedProgress(study),
    best: best && representBest(best),
    elapsedSeconds: activeSecondsAt(study.activeTime, study.updatedAt),
    ...representStudyTimes(study),
  };
}

/** Builds the progress of a study or campaign in a list. */
export function representListedProgress({
  finished,
  planned,
  observed,
  suggested,
}: Pick<StudySummary, 'finished' | 'planned' | 'observed' | 'suggested'>): z.output<typeof progressSchema> {
  return { finished, planned, observed, suggested };
}

/** Builds the best trial of a study or campaign in a list. */
export function representBest({ value, parameters, trialId, number }: ListedBest): z.output<typeof listedBestSchema> {
  return { value, parameters: { ...parameters }, trialId, number };
}
