import { z } from 'zod';
import { type Campaign, type CampaignPart, campaignOutcomeReasons, partKindSchema } from '../campaigns/campaign.ts';
import { finalGridName, repeatName, testName } from '../campaigns/part-names.ts';
import { resolvedCampaignSchema } from '../campaigns/spec.ts';
import { isEnded, studyStateSchema } from '../studies/model/states.ts';
import { outcomeSchema } from '../studies/model/study.ts';
import type { Trial } from '../studies/model/trial.ts';
import type { TrialCounts } from '../studies/ports/reader.ts';
import { plannedTrials } from '../studies/search/planned-trials.ts';
import { moment, pageOf } from './page.ts';
import { progressSchema, trialCountsSchema } from './study.ts';
import { representTrial, trialSchema } from './trial.ts';

const campaignOutcomeSchema = z
  .strictObject({ reason: z.enum(campaignOutcomeReasons), detail: z.string().describe('In words.') })
  .meta({ id: 'CampaignOutcome', description: 'Why a campaign ended.' });

const head = {
  id: z.uuid(),
  name: z.string(),
  state: studyStateSchema.describe('The life of a campaign is that of a study.'),
  outcome: campaignOutcomeSchema.nullable().describe('null until it ends.'),
};
const times = {
  createdAt: moment('When it was created.'),
  updatedAt: moment('When a part was added or the campaign last changed its state.'),
  endedAt: moment('When it ended.').nullable(),
};
const steps = {
  stepsCharged: z.int().min(0).describe('Steps of all results so far, trained or read.'),
  stepsTrained: z.int().min(0).describe('Steps that were really trained for them.'),
};

const campaignPartSchema = z
  .strictObject({
    kind: partKindSchema,
    name: z.string().describe('What the campaign calls it.'),
    studyId: z.uuid().describe('The study that it is; /v1/studies/{studyId} has all of it.'),
    state: studyStateSchema,
    outcome: outcomeSchema.nullable().describe('null until it ends.'),
    sampler: z.string().describe('How it searches.'),
    trials: trialCountsSchema,
    progress: progressSchema,
    best: trialSchema.nullable().describe('The best completed trial so far, by validation.'),
    ...steps,
    createdAt: moment('When the campaign added it.'),
    endedAt: moment('When it ended.').nullable(),
  })
  .meta({ id: 'CampaignPart', description: 'A study that is a part of a campaign, and how far it has come.' });

const upcomingPartSchema = z
  .strictObject({ kind: partKindSchema, name: z.string() })
  .meta({ id: 'UpcomingPart', description: 'A part that is added once those before it ended.' });

/** A campaign with everything that is worth polling. */
export const campaignSchema = z
  .strictObject({
    ...head,
    spec: resolvedCampaignSchema,
    parts: z.array(campaignPartSchema).describe('In the order in which they were added.'),
    upcoming: z.array(upcomingPartSchema).describe('What is still to come, in order; empty once the campaign ended.'),
    ...steps,
    ...times,
  })
  .meta({
    id: 'Campaign',
    description: 'Several studies over one space and one objective, their final, and the evaluation of its winner.',
  });

const campaignSummarySchema = z
  .strictObject({
    ...head,
    metric: z.string().describe('What it optimises.'),
    studies: z.array(z.string()).describe('Names of the searches that it compares.'),
    ...times,
  })
  .meta({ id: 'CampaignSummary', description: 'A campaign in a list.' });

export const campaignPageSchema = pageOf('CampaignPage', campaignSummarySchema);

export type CampaignRepresentation = z.output<typeof campaignSchema>;
export type CampaignPartRepresentation = z.output<typeof campaignPartSchema>;
export type CampaignSummaryRepresentation = z.output<typeof campaignSummarySchema>;

/** A part with what is read beside it to show it. */
export interface PartFindings {
  readonly part: CampaignPart;
  readonly trials: TrialCounts;
  readonly best: Trial | null;
  readonly steps: { readonly charged: number; readonly trained: number };
}

/** A campaign as the API shows it. */
export function representCampaign(campaign: Campaign, parts: readonly PartFindings[]): CampaignRepresentation {
  const sum = (stepsOf: (part: PartFindings) => number): number => parts.reduce((total, part) => total + stepsOf(part), 0);
  return {
    ...representHead(campaign),
    spec: campaign.spec,
    parts: parts.map(representPart),
    upcoming: upcomingParts(
      campaign,
      parts.map(({ part }) => part),
    ),
    stepsCharged: sum(({ steps }) => steps.charged),
    stepsTrained: sum(({ steps }) => steps.trained),
    ...representTimes(campaign),
  };
}

/** A campaign in a list. */
export function representCampaignSummary(campaign: Campaign): CampaignSummaryRepresentation {
  return {
    ...representHead(campaign),
    metric: campaign.spec.metric.name,
    studies: campaign.spec.studies.map(({ name }) => name),
    ...representTimes(campaign),
  };
}

function representPart({ part: { kind, name, study }, trials, best, steps }: PartFindings): CampaignPartRepresentation {
  const { observed, suggested } = study.sampler;
  return {
    kind,
    name,
    studyId: study.id,
    state: study.state,
    outcome: study.outcome,
    sampler: study.spec.sampler.type,
    trials: { ...trials },
    progress: { observed, suggested, planned: plannedTrials(study.spec) },
    best: best && representTrial(best),
    stepsCharged: steps.charged,
    stepsTrained: steps.trained,
    createdAt: study.createdAt.toISOString(),
    endedAt: study.endedAt?.toISOString() ?? null,
  };
}

/** What a campaign has not added yet, in the order in which it will. */
function upcomingParts({ spec, state }: Campaign, added: readonly CampaignPart[]): CampaignRepresentation['upcoming'] {
  if (isEnded(state)) return [];
  // A campaign whose final has nothing to cross goes on without it.
  const finalIsOver = added.some(({ kind }) => kind === 'test');
  const planned: CampaignRepresentation['upcoming'] = [
    ...spec.studies.map(({ name }) => ({ kind: 'search' as const, name })),
    ...(spec.final && !finalIsOver ? [{ kind: 'grid' as const, name: finalGridName }] : []),
    { kind: 'test', name: testName },
    ...Array.from({ length: spec.evaluation.repeats }, (_, index) => ({ kind: 'repeat' as const, name: repeatName(index + 1) })),
  ];
  return planned.filter(({ name }) => !added.some((part) => part.name === name));
}

function representHead({ id, spec, state, outcome }: Campaign) {
  return { id, name: spec.name, state, outcome };
}

function representTimes({ createdAt, updatedAt, endedAt }: Campaign) {
  return { createdAt: createdAt.toISOString(), updatedAt: updatedAt.toISOString(), endedAt: endedAt?.toISOString() ?? null };
}
