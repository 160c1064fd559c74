import { chargedTrials } from '../studies/model/progress.ts';
import { type Pace, stepsLeft, stepsPerSecond } from '../studies/search/remaining-time.ts';
import type { Campaign, CampaignPart } from './campaign.ts';
import { type CampaignEstimate, estimateCampaign, type PartEstimate } from './estimate.ts';

type PartName = Pick<CampaignPart, 'kind' | 'name'>;

/** A part that has not ended. */
export interface OpenPart extends PartName {
  readonly study: Pick<CampaignPart['study'], 'spec' | 'state'> & { readonly sampler: Parameters<typeof chargedTrials>[0] };
  /** Active time of its study so far. */
  readonly elapsedSeconds: number;
  /** Its recent speed; null if it is not active. */
  readonly pace: Pace | null;
}

/** A part that is still to be added. */
export interface UpcomingPart extends PartName {
  /** The wall-clock budget of its study. */
  readonly wallClockSeconds: number | undefined;
}

/**
 * Returns the expected time until a campaign ends, in whole seconds. Its open parts share the slots, so their speeds add up. A step
 * counts as much as the estimate says that it costs, because steps on more data take longer.
 *
 * @returns null if it is not known yet, or if a part is paused: the campaign waits for it
 */
export function campaignRemainingSeconds(
  open: readonly OpenPart[],
  upcoming: readonly UpcomingPart[],
  estimate: CampaignEstimate,
): number | null {
  const costOf = stepCosts(estimate);
  const speeds = open.map((part) => ((part.pace && stepsPerSecond(part.pace)) ?? 0) * costOf(part));
  const speed = speeds.reduce((sum, one) => sum + one, 0);
  if (speed === 0 || open.some(({ study }) => study.state === 'paused')) return null;
  const work = [
    ...open.map((part, index) => workLeft(part, speeds[index] ?? 0, costOf(part))),
    ...upcoming.map((part) => workToCome(part, speed, estimate)),
  ];
  return work.every((one) => one !== null) ? Math.round(work.reduce((sum, one) => sum + one, 0) / speed) : null;
}

/** The work of a part that has not ended: its steps, each times its cost; at most what it can do until its wall-clock budget is over. */
function workLeft({ study, elapsedSeconds, pace }: OpenPart, speed: number, cost: number): number | null {
  const steps = pace && stepsLeft(study.spec, chargedTrials(study.sampler), pace);
  const { wallClockSeconds } = study.spec.budget;
  const isTimed = wallClockSeconds !== undefined && speed > 0;
  return atMost(steps && steps * cost, isTimed ? Math.max(wallClockSeconds - elapsedSeconds, 0) * speed : null);
}

function workToCome({ wallClockSeconds, ...name }: UpcomingPart, speed: number, estimate: CampaignEstimate): number | null {
  const { stepsExpected = null, coreSeconds = null } = estimateOf(estimate, name) ?? {};
  return atMost(coreSeconds?.low ?? stepsExpected, wallClockSeconds === undefined ? null : wallClockSeconds * speed);
}

/** The smaller number of those that are known. */
function atMost(one: number | null, other: number | null): number | null {
  return one === null || other === null ? (one ?? other) : Math.min(one, other);
}

/**
 * Returns a function that tells the core-seconds of a step of a part: the mean of all parts where the part has no estimate of its own,
 * and 1 where the objective has none.
 */
function stepCosts(estimate: CampaignEstimate): (part: PartName) => number {
  const costed = estimate.parts.flatMap((part) => {
    const { stepsExpected, coreSeconds } = part;
    return coreSeconds && stepsExpected ? [{ steps: stepsExpected, seconds: coreSeconds.low }] : [];
  });
  const total = (of: (part: { steps: number; seconds: number }) => number): number => costed.reduce((sum, part) => sum + of(part), 0);
  const mean = costed.length === 0 ? 1 : total(({ seconds }) => seconds) / total(({ steps }) => steps);
  return (part) => {
    const { stepsExpected = null, coreSeconds = null } = estimateOf(estimate, part) ?? {};
    return coreSeconds && stepsExpected ? coreSeconds.low / stepsExpected : mean;
  };
}

function estimateOf({ parts }: CampaignEstimate, { kind, name }: PartName): PartEstimate | undefined {
  return parts.find((part) => part.kind === kind && part.name === name);
}

/** Number of campaigns whose estimates are kept. */
const mostEstimates = 100;

/**
 * Creates a function that estimates campaigns and keeps the results: an estimate takes tens of milliseconds, and a definition never
 * changes. An estimate that failed is not kept.
 */
export function rememberedEstimates(estimated = estimateCampaign): (campaign: Pick<Campaign, 'id' | 'spec'>) => Promise<CampaignEstimate> {
  const known = new Map<string, Promise<CampaignEstimate>>();
  return ({ id, spec }) => {
    const estimate = known.get(id) ?? forgetting(id, estimated(spec));
    known.delete(id);
    known.set(id, estimate);
    for (const oldest of known.keys()) {
      if (known.size <= mostEstimates) break;
      known.delete(oldest);
    }
    return estimate;
  };

  /** The caller gets the error. */
  function forgetting(id: string, estimate: Promise<CampaignEstimate>): Promise<CampaignEstimate> {
    estimate.catch(() => known.delete(id));
    return estimate;
  }
}
