import { z } from 'zod';
import type { Capability } from '../objectives/contract.ts';
import { type ObjectiveOptions, objectiveFor } from '../objectives/table.ts';
import { changesSchema } from '../studies/definition/changes.ts';
import { metricOf, prioritySchema, resolvedSpecSchema, samplerOf } from '../studies/definition/definition.ts';
import { activeSecondsAt } from '../studies/model/active-time.ts';
import { forkOriginSchema } from '../studies/model/fork-origin.ts';
import { isEnded, studyStateSchema } from '../studies/model/states.ts';
import { outcomeSchema, type Study, type StudySummary } from '../studies/model/study.ts';
import type { Trial } from '../studies/model/trial.ts';
import type { StepSums, TrialCounts } from '../studies/ports/reader.ts';
import type { RunnersFor } from '../studies/ports/runners.ts';
import { plannedTrials, plannedWithGiven } from '../studies/search/planned-trials.ts';
import { type Pace, remainingSeconds } from '../studies/search/remaining-time.ts';
import { blockedBy, blockedSchema } from './blocked.ts';
import { campaignMembershipSchema, representMembership } from './campaign-membership.ts';
import { moment } from './page.ts';
import { representTrial, trialSchema } from './trial.ts';

const count = (description: string) => z.int().min(0).describe(description);

export const trialCountsSchema = z
  .strictObject({
    queued: count('Trials that wait for a runner.'),
    running: count('Trials that a runner evaluates.'),
    completed: count('Trials with a result.'),
    pruned: count('Trials that were stopped early.'),
    failed: count('Trials that failed.'),
    cancelled: count('Trials that were cancelled with their study.'),
  })
  .meta({ id: 'TrialCounts', description: 'Number of trials in each state.' });

export const progressSchema = z
  .strictObject({
    finished: z
      .int()
      .min(0)
      .describe('Trials that ended and count: completed, pruned or failed. It grows with every trial, also within a generation.'),
    planned: z
      .int()
      .min(0)
      .nullable()
      .describe('Largest number of trials that the study can have; null if only time or a target value ends it.'),
    observed: z
      .int()
      .min(0)
      .describe('Finished trials that the search has observed, by ascending number. Generational samplers observe whole generations.'),
    suggested: z.int().min(0).describe('Trials suggested so far.'),
  })
  .meta({ id: 'Progress', description: 'Progress of the search. A progress bar shows `finished` of `planned`.' });

/** The key by which a study or campaign was created. */
export const createdByField = z
  .uuid()
  .nullable()
  .describe('Id of the key by which it was created; see GET /v1/keys. null where no key was needed, and for that of the operator.');

/** Members that a study has alone and in lists. */
export const studyHead = {
  id: z.uuid().describe('Id of the study.'),
  name: z.string().describe('Name of the study.'),
  state: studyStateSchema,
  campaign: campaignMembershipSchema.nullable().describe('The campaign that the study is a part of; null if it has none.'),
};
export const studyTimes = {
  createdAt: moment('Time at which it was created.'),
  updatedAt: moment('Time of the last progress or change of state.'),
  endedAt: moment('Time at which it ended.').nullable(),
};

const remainingText =
  'Expected time until the study ends, at its last record: the steps that are still to be evaluated, divided by the evaluated steps per second of its latest 50 trials since it was last created, resumed or restarted. Steps of trials that are still to come are estimated from the finished ones. The speed includes everything that the study shares: slots, parallelism, other studies. A wall-clock budget limits it; a target value can end the study earlier. null until three steps are measured, if the number of trials is unknown and there is no wall-clock budget, and if the study is not active.';

const frontSummarySchema = z
  .strictObject({ size: z.int().min(0).describe('Number of its trials.') })
  .meta({ id: 'FrontSummary', description: 'The Pareto front of a study with several metrics so far. Absent with one metric.' });

/** A study with its progress. */
export const studySchema = z
  .strictObject({
    ...studyHead,
    outcome: outcomeSchema.nullable().describe('null until it ends.'),
    spec: resolvedSpecSchema.describe(
      'The whole definition in the current format, with all defaults and all `givenTrials`: POST it to create a study like this one. Its budget, parallelism and labels are the present ones. Lists leave it out.',
    ),
    changes: changesSchema
      .nullable()
      .describe('The members of `spec` that were changed since the study was created; the events have the earlier ones. null if none was.'),
    priority: prioritySchema,
    definition: z
      .strictObject({
        version: z.int().min(1).describe('Format version of the stored definition: 1 for studies of version 0.1.0.'),
        digest: z.string().describe('SHA-256 over the canonical text of the stored definition.'),
      })
      .meta({ id: 'StoredDefinition', description: 'The definition as it appears in the event log and in exports.' }),
    trials: trialCountsSchema,
    progress: progressSchema,
    blocked: blockedSchema
      .nullable()
      .describe(
        'The reason for which an active study without a running trial makes no progress: no living runner can evaluate it. null otherwise.',
      ),
    forkedFrom: forkOriginSchema.nullable().describe('null for a study that is no fork, and for forks that version 0.1.0 made.'),
    samplerVersion: z.int().min(1).describe("Version of the sampler's code that the study uses."),
    objectiveVersion: z.int().min(1).describe("Version of the objective's code that the study uses."),
    generation: z
      .int()
      .min(0)
      .nullable()
      .describe(
        'Number of the generation in progress, counted from 0: generations 0 to `generation` - 1 are complete. null for samplers without generations and for ended studies.',
      ),
    best: trialSchema
      .nullable()
      .describe('The best completed trial so far. null while there is none, and always with several metrics: see `front`.'),
    front: frontSummarySchema.optional(),
    stepsDone: z.int().min(0).describe('Steps of the results of all trials so far, evaluated or reused.'),
    stepsTrained: z.int().min(0).describe('Steps that were evaluated for them, and not reused.'),
    stepsReused: z
      .int()
      .min(0)
      .describe('Steps of the results of ended trials that were read from other evaluations, and were not evaluated for them.'),
    stepsSaved: z
      .int()
      .min(0)
      .describe(
        'Steps that stopped trials asked for and did not take. Workers of clients alone know how many theirs had: these count none.',
      ),
    elapsedSeconds: z
      .number()
      .min(0)
      .describe(
        'Active time until the last record of the study (a step, the start or end of a trial, a change of state): pauses, and the time in which no service worked, are left out.',
      ),
    remainingSeconds: z.int().min(0).nullable().describe(remainingText),
    createdBy: createdByField,
    ...studyTimes,
  })
  .meta({ id: 'Study', description: 'One optimisation: its definition and its progress.' });

/** The sampler of a study in a list or a report. A newer release may have others. */
export const samplerTypeSchema = z
  .strictObject({ type: z.string().describe('Type of the sampler, as in its definition.') })
  .meta({ id: 'SamplerType', description: 'A sampler without its options; the study has them.' });

export type StudyRepresentation = z.output<typeof studySchema>;

/** Returns the names of the values that can be optimised, in display order. */
export function metricNames(objective: ObjectiveOptions): string[] {
  return objectiveFor(objective)
    .values()
    .flatMap(({ name, direction }) => (direction === null ? [] : [name]));
}

/** The data that the representation of a study needs beside the study. */
export interface StudyFindings {
  readonly trials: TrialCounts;
  readonly best: Trial | null;
  /** Size of the front; null or absent: the study has one metric. */
  readonly frontSize?: number | null;
  readonly steps: StepSums;
  readonly pace: Pace;
  /** The runners that could evaluate it; null where nothing waits for one. */
  readonly runners: RunnersFor | null;
}

/** Builds the representation of a study. */
export function representStudy(study: Study, { trials, best, frontSize = null, steps, pace, runners }: StudyFindings): StudyRepresentation {
  const elapsedSeconds = activeSecondsAt(study.activeTime, lastRecordOf(study, pace));
  return {
    ...representStudyHead({ ...study, name: study.spec.name }),
    outcome: study.outcome,
    spec: study.spec,
    changes: study.changes && { ...study.changes },
    priority: study.priority,
    definition: { version: study.definition.version, digest: study.definition.digest },
    trials: { ...trials },
    progress: representProgress(study, trials),
    blocked: runners && blockedBy(evaluatedBy(study), runners),
    forkedFrom: study.forkedFrom && { ...study.forkedFrom },
    samplerVersion: study.sampler.version,
    objectiveVersion: study.objectiveVersion,
    generation: generationOf(study),
    best: best && representTrial(best),
    ...(frontSize !== null && { front: { size: frontSize } }),
    stepsDone: steps.done,
    stepsTrained: steps.trained,
    stepsReused: steps.reused,
    stepsSaved: steps.saved,
    elapsedSeconds,
    remainingSeconds: remainingSeconds(study, elapsedSeconds, pace),
    createdBy: study.createdBy,
    ...representStudyTimes(study),
  };
}

/** The latest moment at which a study or one of its trials recorded something. */
export function lastRecordOf({ updatedAt }: Study, { recordedAt }: Pace): Date {
  return recordedAt !== null && recordedAt > updatedAt ? recordedAt : updatedAt;
}

/** Builds the progress of a study from the number of its trials in each state. */
export function representProgress(
  { spec, sampler }: Pick<Study, 'spec' | 'sampler'>,
  trials: TrialCounts,
): z.output<typeof progressSchema> {
  const { observed, suggested, skipped } = sampler;
  const planned = plannedWithGiven(plannedTrials(spec), sampler);
  return { finished: finishedTrials(trials), planned, observed, suggested: suggested - skipped };
}

/** Returns the number of trials that ended and count. */
export function finishedTrials({ completed, pruned, failed }: TrialCounts): number {
  return completed + pruned + failed;
}

/** The objective and version that a study needs. */
export function evaluatedBy({ spec, objectiveVersion: version }: Study): Capability {
  return { name: spec.objective.type, version };
}

/** Returns the name of the metric that ranks the trials of a study, of several the first. */
export function rankingMetric({ spec }: { readonly spec: Pick<StudyRepresentation['spec'], 'metrics'> }): string {
  return metricOf(spec).name;
}

/** Builds the members that a study has alone and in lists. */
export function representStudyHead({ id, name, state, campaign }: Pick<StudySummary, 'id' | 'name' | 'state' | 'campaign'>) {
  return { id, name, state, campaign: campaign && representMembership(campaign) };
}

export function representStudyTimes({ createdAt, updatedAt, endedAt }: Study | StudySummary) {
  return {
    createdAt: createdAt.toISOString(),
    updatedAt: updatedAt.toISOString(),
    endedAt: endedAt?.toISOString() ?? null,
  };
}

/** Returns null for a sampler version without code here, because its state cannot be read. */
function generationOf(study: Study): number | null {
  const sampler = samplerOf(study.spec, study.sampler.version);
  if (isEnded(study.state) || sampler.version !== study.sampler.version) return null;
  return sampler.generation(study.sampler.state)?.index ?? null;
}
