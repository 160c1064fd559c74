import type { Values } from '../objectives/contract.ts';
import type { Json } from '../shared/digest.ts';
import { invariant } from '../shared/errors.ts';
import type { TrialState } from '../studies/model/states.ts';
import type { Trial } from '../studies/model/trial.ts';
import type { Campaign, CampaignPart, Finalist } from './campaign.ts';
import { finalistsOf } from './finalists.ts';
import { campaignNotFound } from './life-cycle.ts';
import { repeatName } from './part-names.ts';
import { leadersWanted } from './part-view.ts';
import type { CampaignReader } from './ports.ts';

/** A configuration trained again with another objective seed. */
export interface RepeatStanding {
  /** From 1. */
  readonly repeat: number;
  readonly objectiveSeed: number;
  readonly trialId: string;
  readonly state: TrialState;
  /** After the last step; null until it is completed. */
  readonly validation: Values | null;
  /** Its distance from the limits of the campaign. Absent: there are none, or it has no result yet. */
  readonly violation?: number;
  /** On held-out data, as the objective stores it; null until it is measured. */
  readonly test: Json | null;
}

/** An evaluated configuration: the values that it was found with, and its measurement on held-out data. */
export interface Standing extends Finalist {
  /** The trial that `foundBy` names first. */
  readonly trialId: string;
  /** The trial's measurements; `value` is the campaign's metric, which alone ranks. */
  readonly validation: { readonly values: Values; readonly value: number };
  /** The trial's distance from the limits of the campaign, which is 0. Absent: there are none. */
  readonly violation?: number;
  /** On held-out data, as the part `test` trained it and the objective stores it; null until it is measured, or if that failed. */
  readonly test: Json | null;
  /** Distance of the trial of the part `test` from the limits of the campaign. Absent: there are none, or it has no result yet. */
  readonly testViolation?: number;
  /** By number; empty if there are none. */
  readonly repeats: readonly RepeatStanding[];
}

/** The winner and the evaluated finalists. Known once the search (and the final) ended; before that null and empty. */
export interface Standings {
  readonly winner: Standing | null;
  /** In the order of their evaluation; the winner is the first. */
  readonly finalists: readonly Standing[];
}

/** The fields of a trial that standings are made of. */
export type StandingTrial = Pick<Trial, 'id' | 'number' | 'state' | 'parameters' | 'value' | 'values' | 'diverged' | 'violation'>;

/** Results so far of a part that measures finalists: trial n is the n-th finalist. */
interface Measured {
  readonly objectiveSeed: number;
  readonly trials: readonly StandingTrial[];
  readonly evaluations: ReadonlyMap<string, Json>;
}

/** The data of standings. */
interface Findings {
  readonly finalists: readonly Finalist[];
  /** The best trials of each search and of the final. */
  readonly leaders: ReadonlyMap<string, readonly StandingTrial[]>;
  readonly test: Measured;
  /** By repeat, from 1; without those that are not there yet. */
  readonly repeats: ReadonlyMap<number, Measured>;
}

/**
 * The winner of a campaign, and the measurements of winner and finalists, from one snapshot.
 *
 * @throws DomainError `campaign-not-found`
 */
export function campaignStandings(reader: CampaignReader, campaignId: string): Promise<Standings> {
  return reader.snapshot(async (snapshot) => {
    const campaign = await snapshot.campaign(campaignId);
    if (!campaign) throw campaignNotFound(campaignId);
    return standingsFrom(campaign.spec, await snapshot.campaignParts(campaignId), {
      leaders: ({ study }, limit) => snapshot.leaderboard(study.id, limit),
      measured: (part, limit) => measuredBy(snapshot, part, limit),
    });
  });
}

/** Reads of a part's trials: from a store, or from a document. */
export interface StandingReads<Part> {
  /** Its best completed trials that count, best first. */
  leaders(part: Part, limit: number): Promise<readonly StandingTrial[]>;
  /** Its first trials by number, with what was measured on held-out data. */
  measured(part: Part, limit: number): Promise<Measured>;
}

/** Makes the standings of parts, in order. */
export async function standingsFrom<Part extends Pick<CampaignPart, 'kind' | 'name'>>(
  spec: Campaign['spec'],
  parts: readonly Part[],
  reads: StandingReads<Part>,
): Promise<Standings> {
  const test = parts.find(({ kind }) => kind === 'test');
  // The part is created at the end of the last search or the final: their results no longer change.
  if (!test) return { winner: null, finalists: [] };
  const leaders = new Map<string, readonly StandingTrial[]>();
  for (const part of parts) {
    const wanted = leadersWanted(spec, part);
    if (wanted > 0) leaders.set(part.name, await reads.leaders(part, wanted));
  }
  const finalists = finalistsOf(
    spec,
    [...leaders].map(([part, trials]) => ({ part, leaders: trials })),
  );
  const repeats = new Map<number, Measured>();
  for (let repeat = 1; repeat <= spec.evaluation.repeats; repeat += 1) {
    const part = parts.find(({ name }) => name === repeatName(repeat));
    if (part) repeats.set(repeat, await reads.measured(part, finalists.length));
  }
  return standingsOf({ finalists, leaders, test: await reads.measured(test, finalists.length), repeats });
}

async function measuredBy(reader: CampaignReader, { study }: CampaignPart, finalists: number): Promise<Measured> {
  const { items } = await reader.trials({ studyId: study.id, limit: finalists });
  const evaluations = await reader.evaluations(study.id);
  return {
    objectiveSeed: study.spec.objectiveSeed,
    trials: items,
    evaluations: new Map(evaluations.map(({ trialId, evaluation }) => [trialId, evaluation])),
  };
}

function standingsOf(findings: Findings): Standings {
  const finalists = findings.finalists.map((finalist, index) => standingOf(findings, finalist, index));
  return { winner: finalists.find(({ winner }) => winner) ?? null, finalists };
}

function standingOf({ leaders, test, repeats }: Findings, finalist: Finalist, index: number): Standing {
  const place = finalist.foundBy[0];
  const found = place && leaders.get(place.part)?.find(({ number }) => number === place.trial);
  invariant(found?.values && found.value !== null, 'a finalist is a completed trial with a value');
  return {
    ...finalist,
    trialId: found.id,
    validation: { values: found.values, value: found.value },
    ...violationOf(found),
    test: evaluationOf(test, index),
    ...testViolationOf({ testViolation: test.trials[index]?.violation }),
    repeats: [...repeats].flatMap(([repeat, measured]) => repeatOf(repeat, measured, index)),
  };
}

/** None while the trial is not queued yet. */
function repeatOf(repeat: number, measured: Measured, index: number): RepeatStanding[] {
  const trial = measured.trials[index];
  if (!trial) return [];
  const { id: trialId, state, values: validation } = trial;
  const { objectiveSeed } = measured;
  return [{ repeat, objectiveSeed, trialId, state, validation, ...violationOf(trial), test: evaluationOf(measured, index) }];
}

/** Returns the violation of a trial; nothing if it has none. */
export function violationOf({ violation }: { readonly violation?: number }): { violation?: number } {
  return violation === undefined ? {} : { violation };
}

/** Returns the violation of the part `test` of a finalist; nothing if it has none. */
export function testViolationOf({ testViolation }: { readonly testViolation?: number | undefined }): { testViolation?: number } {
  return testViolation === undefined ? {} : { testViolation };
}

function evaluationOf({ trials, evaluations }: Measured, index: number): Json | null {
  const trial = trials[index];
  return (trial && evaluations.get(trial.id)) ?? null;
}
