import { z } from 'zod';
import { type Campaign, type CampaignPart, type CampaignSummary, campaignOutcomeSchema, partKindSchema } from '../campaigns/campaign.ts';
import type { CampaignEstimate } from '../campaigns/estimate.ts';
import { finalGridName, repeatName, testName } from '../campaigns/part-names.ts';
import { campaignRemainingSeconds, type OpenPart, type UpcomingPart } from '../campaigns/remaining-time.ts';
import { resolvedCampaignSchema } from '../campaigns/spec.ts';
import { activeSecondsAt } from '../studies/model/active-time.ts';
import { isEnded, studyStateSchema } from '../studies/model/states.ts';
import { outcomeSchema } from '../studies/model/study.ts';
import type { Trial } from '../studies/model/trial.ts';
import type { TrialCounts } from '../studies/ports/reader.ts';
import type { Pace } from '../studies/search/remaining-time.ts';
import { moment } from './page.ts';
import { createdByField, lastRecordOf, progressSchema, representProgress, samplerTypeSchema, trialCountsSchema } from './study.ts';
import { representTrial, trialSchema } from './trial.ts';

/** Members that a campaign has alone and in lists. */
export const campaignHead = {
  id: z.uuid().describe('Id of the campaign.'),
  name: z.string().describe('Name of the campaign.'),
  state: studyStateSchema.describe('A campaign has the same states as a study.'),
};
export const campaignTimes = {
  createdAt: moment('Time at which it was created.'),
  updatedAt: moment('Time of the last added part or change of state.'),
  endedAt: moment('Time at which it ended.').nullable(),
};
const steps = {
  stepsDone: z.int().min(0).describe('Steps of all results so far, evaluated or reused.'),
  stepsTrained: z.int().min(0).describe('Steps that were evaluated for them, and not reused.'),
};

const campaignPartSchema = z
  .strictObject({
    kind: partKindSchema,
    name: z.string().describe('Name of the part in the campaign.'),
    studyId: z.uuid().describe('Id of the study; see /v1/studies/{studyId}.'),
    state: studyStateSchema,
    outcome: outcomeSchema.nullable().describe('null until it ends.'),
    sampler: samplerTypeSchema,
    trials: trialCountsSchema,
    progress: progressSchema,
    best: trialSchema.nullable().describe('The best completed trial so far, by validation.'),
    ...steps,
    createdAt: moment('Time at which the campaign added it.'),
    endedAt: moment('Time at which it ended.').nullable(),
  })
  .meta({ id: 'CampaignPart', description: 'A study that is a part of a campaign, and its progress.' });

const upcomingPartSchema = z
  .strictObject({ kind: partKindSchema, name: z.string().describe('Name of the part in the campaign.') })
  .meta({ id: 'UpcomingPart', description: 'A part that is added once the parts before it have ended.' });

/** A campaign with its progress. */
export const campaignSchema = z
  .strictObject({
    ...campaignHead,
    outcome: campaignOutcomeSchema.nullable().describe('null until it ends.'),
    spec: resolvedCampaignSchema.describe('The whole definition with all defaults filled in. Its labels are the present ones.'),
    parts: z.array(campaignPartSchema).describe('In the order in which they were added.'),
    upcoming: z.array(upcomingPartSchema).describe('Parts that are still to be added, in order; empty once the campaign has ended.'),
    ...steps,
    remainingSeconds: z
      .int()
      .min(0)
      .nullable()
      .describe(
        'Expected time until the campaign ends, at its last record: the steps that its open parts have still to evaluate and those that a dry run expects for the parts to come, divided by the evaluated steps per second of all open parts together (see Study). Where a dry run estimates core-seconds, a step counts as much as it costs, and measurements on held-out data are included. A wall-clock budget limits the time of its part. null until enough is measured, if nothing limits the trials or the time of a part, while a part is paused, and if the campaign is not active.',
      ),
    createdBy: createdByField,
    ...campaignTimes,
  })
  .meta({
    id: 'Campaign',
    description: 'Several studies over one space and one objective, their final, and the evaluation of its winner.',
  });

export type CampaignRepresentation = z.output<typeof campaignSchema>;
export type CampaignPartRepresentation = z.output<typeof campaignPartSchema>;

/** A part with the data that its representation needs. */
export interface PartFindings {
  readonly part: CampaignPart;
  readonly trials: TrialCounts;
  readonly best: Trial | null;
  readonly steps: { readonly done: number; readonly trained: number };
  /** Its recent speed; null if it is not active. */
  readonly pace: Pace | null;
}

/**
 * Builds the representation of a campaign.
 *
 * @param estimate its estimate; null if the campaign is not active
 */
export function representCampaign(
  campaign: Campaign,
  parts: readonly PartFindings[],
  estimate: CampaignEstimate | null,
): CampaignRepresentation {
  const sum = (stepsOf: (part: PartFindings) => number): number => parts.reduce((total, part) => total + stepsOf(part), 0);
  const upcoming = upcomingParts(
    campaign,
    parts.map(({ part }) => part),
  );
  return {
    ...representCampaignHead({ ...campaign, name: campaign.spec.name }),
    outcome: campaign.outcome,
    spec: campaign.spec,
    parts: parts.map(representPart),
    upcoming,
    stepsDone: sum(({ steps }) => steps.done),
    stepsTrained: sum(({ steps }) => steps.trained),
    remainingSeconds: estimate && campaignRemainingSeconds(parts.flatMap(openPart), upcoming.map(timed(campaign)), estimate),
    createdBy: campaign.createdBy,
    ...representCampaignTimes(campaign),
  };
}

function openPart({ part: { kind, name, study }, pace }: PartFindings): OpenPart[] {
  if (isEnded(study.state)) return [];
  return [
    { kind, name, study, pace, elapsedSeconds: activeSecondsAt(study.activeTime, pace ? lastRecordOf(study, pace) : study.updatedAt) },
  ];
}

/** Returns a function that adds the wall-clock budget of a search to its name. */
function timed({ spec }: Campaign): (part: CampaignRepresentation['upcoming'][number]) => UpcomingPart {
  return ({ kind, name }) => {
    const search = kind === 'search' ? spec.studies.find((study) => study.name === name) : undefined;
    return { kind, name, wallClockSeconds: search?.budget.wallClockSeconds };
  };
}

function representPart({ part: { kind, name, study }, trials, best, steps }: PartFindings): CampaignPartRepresentation {
  return {
    kind,
    name,
    studyId: study.id,
    state: study.state,
    outcome: study.outcome,
    sampler: { type: study.spec.sampler.type },
    trials: { ...trials },
    progress: representProgress(study, trials),
    best: best && representTrial(best),
    stepsDone: steps.done,
    stepsTrained: steps.trained,
    createdAt: study.createdAt.toISOString(),
    endedAt: study.endedAt?.toISOString() ?? null,
  };
}

/** Returns the parts that a campaign has yet to add, in order. */
function upcomingParts({ spec, state }: Campaign, added: readonly CampaignPart[]): CampaignRepresentation['upcoming'] {
  if (isEnded(state)) return [];
  // A campaign skips a final that has nothing to cross.
  const finalIsOver = added.some(({ kind }) => kind === 'test');
  const planned: CampaignRepresentation['upcoming'] = [
    ...spec.studies.map(({ name }) => ({ kind: 'search' as const, name })),
    ...(spec.final && !finalIsOver ? [{ kind: 'grid' as const, name: finalGridName }] : []),
    { kind: 'test', name: testName },
    ...Array.from({ length: spec.evaluation.repeats }, (_, index) => ({ kind: 'repeat' as const, name: repeatName(index + 1) })),
  ];
  return planned.filter(({ name }) => !added.some((part) => part.name === name));
}

/** Builds the members that a campaign has alone and in lists. */
export function representCampaignHead({ id, name, state }: Pick<CampaignSummary, 'id' | 'name' | 'state'>) {
  return { id, name, state };
}

export function representCampaignTimes({ createdAt, updatedAt, endedAt }: Campaign | CampaignSummary) {
  return { createdAt: createdAt.toISOString(), updatedAt: updatedAt.toISOString(), endedAt: endedAt?.toISOString() ?? null };
}
