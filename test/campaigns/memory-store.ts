import { type Campaign, partKindSchema } from '../../src/campaigns/campaign.ts';
import type { CampaignReader, CampaignTransaction, CampaignTransactions } from '../../src/campaigns/ports.ts';
import { campaignOwner } from '../../src/campaigns/study-owner.ts';
import type { Values } from '../../src/objectives/contract.ts';
import type { Json } from '../../src/shared/digest.ts';
import { newId } from '../../src/shared/ids.ts';
import type { Page } from '../../src/shared/page.ts';
import { byRank, countsAsResult, type RankingRule, rankingRuleOf, rankOf } from '../../src/studies/definition/ranking.ts';
import { emptyChain, headAfter } from '../../src/studies/events/chain.ts';
import type { StudyEvent } from '../../src/studies/events/event.ts';
import type { StoredResult } from '../../src/studies/events/stored-result.ts';
import { isEnded, isFinal } from '../../src/studies/model/states.ts';
import type { Study, StudyCheckpoint } from '../../src/studies/model/study.ts';
import type { Trial } from '../../src/studies/model/trial.ts';

import { observationOf } from '../../src/studies/search/advance-draft.ts';
import type { QueuedTrial } from '../../src/studies/search/queued-trials.ts';

interface HeldStudy {
  study: Study;
  readonly checkpoints: StudyCheckpoint[];
  readonly trials: Trial[];
  readonly events: StudyEvent[];
  readonly evaluations: Map<string, Json>;
}

interface Held {
  readonly campaigns: Map<string, Campaign>;
  /** In the order of their creation. */
  readonly studies: Map<string, HeldStudy>;
  /** Milliseconds; every change takes one. */
  clock: number;
}

/** What a trial brings: values (and a measurement, where its study asks for one), or null where it fails. */
export type FakeTraining = (trial: Trial, study: Study) => { values: Values; evaluation: Json } | null;

/** The ports of studies over memory: transactions one after another, all or nothing, as a database keeps them. */
export interface MemoryStore extends CampaignTransactions {
  readonly reader: CampaignReader;
  /** All studies as they are. */
  studies(): Study[];
  /** Queued trials of active studies, as a runner could claim them. */
  open(): { readonly studyId: string; readonly number: number }[];
  /** Settles an open trial. */
  settle(studyId: string, number: number, training: FakeTraining): Promise<void>;
}

/** @param suggestionsDue is told, after each commit, for which studies suggestions of a slow sampler are due */
export function memoryStore(suggestionsDue: (studyId: string) => void = () => undefined): MemoryStore {
  let held: Held = { campaigns: new Map(), studies: new Map(), clock: 0 };
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(work: (draft: Held) => Promise<T> | T): Promise<T> => {
    const run = last.then(async () => {
      const draft = draftOf(held);
      const result = await work(draft);
      held = draft;
      return result;
    });
    last = run.catch(() => undefined);
    return run;
  };
  return {
    transaction: async (work) => {
      const due = new Set<string>();
      const result = await inTurn((draft) => work(transactionOn(draft, due)));
      for (const studyId of due) suggestionsDue(studyId);
      return result;
    },
    get reader() {
      return readerOn(held);
    },
    studies: () => [...held.studies.values()].map(({ study }) => study),
    open: () =>
      [...held.studies.values()].flatMap(({ study, trials }) =>
        study.state === 'active' ? trials.filter(isOpen).map(({ number }) => ({ studyId: study.id, number })) : [],
      ),
    settle: (studyId, number, training) => inTurn((draft) => settle(heldStudy(draft, studyId), number, training)),
  };
}

/** A copy whose collections can be changed; what they hold is replaced, never changed. */
function draftOf({ campaigns, studies, clock }: Held): Held {
  const copied = [...studies].map(([id, { study, checkpoints, trials, events, evaluations }]): [string, HeldStudy] => [
    id,
    { study, checkpoints: [...checkpoints], trials: [...trials], events: [...events], evaluations: new Map(evaluations) },
  ]);
  return { campaigns: new Map(campaigns), studies: new Map(copied), clock };
}

function isOpen({ state }: Trial): boolean {
  return !isFinal(state);
}

function heldStudy(held: Held, studyId: string): HeldStudy {
  const study = held.studies.get(studyId);
  if (!study) throw new Error(`there is no study ${studyId}`);
  return study;
}

function now(held: Held): Date {
  held.clock += 1;
  return new Date(held.clock);
}

function transactionOn(held: Held, due: Set<string>): CampaignTransaction {
  const of = (studyId: string): HeldStudy => heldStudy(held, studyId);
  const tx: CampaignTransaction = {
    noteCommit: () => undefined,
    keepRequest: () => Promise.reject(new Error('no request is kept here')),
    suggestionsDue: (studyId) => void due.add(studyId),
    owner: {
      studyEnded: (study) => campaignOwner(tx).studyEnded(study),
      beforeMove: (study, move) => campaignOwner(tx).beforeMove(study, move),
    },
    insertStudy: async ({ id, spec, definition, progress, objectiveVersion, campaign, forkedFrom }) => {
      const at = now(held);
      const taken = [...held.studies.values()].some(
        ({ study }) => campaign && study.campaign?.campaignId === campaign.campaignId && study.campaign.name === campaign.name,
      );
      if (taken) throw new Error(`the campaign has a part ${campaign?.name} already`);
      const times = { createdBy: null, trace: null, createdAt: at, updatedAt: at, endedAt: null };
      const study: Study = {
        id,
        spec,
        definition,
        changes: null,
        priority: 0,
        campaign,
        sampler: progress,
        objectiveVersion,
        events: emptyChain,
        forkedFrom,
        state: 'active',
        outcome: null,
        version: 1,
        activeTime: { seconds: 0, tickedAt: null, since: null },
        ...times,
      };
      held.studies.set(id, { study, checkpoints: [], trials: [], events: [], evaluations: new Map() });
    },
    storedResults: async (studyId, from, end) => storedResults(of(studyId), from, end),
    insertEvents: async (studyId, events) => {
      const kept = of(studyId);
      kept.events.push(...events.map((event) => ({ ...event, createdAt: now(held) })));
      kept.study = { ...kept.study, events: headAfter(kept.study.events ?? emptyChain, events) };
    },
    insertTrials: async (studyId, trials) => {
      const kept = of(studyId).trials;
      kept.push(...trials.map((trial) => newTrial(studyId, trial, now(held))));
      // An import has results beyond trials that are open.
      kept.sort((one, other) => one.number - other.number);
    },
    insertFinishedTrials: async (studyId, trials) => {
      const { trials: kept, evaluations } = of(studyId);
      for (const { state, source, value, violation, values, diverged, error, evaluation, ...queued } of trials) {
        const at = now(held);
        const trial: Trial = { ...newTrial(studyId, queued, at), state, value, values, diverged, error, source, endedAt: at };
        if (violation !== undefined) Object.assign(trial, { violation });
        kept.push(trial);
        if (evaluation) evaluations.set(trial.id, evaluation);
      }
    },
    insertCheckpoints: async (studyId, checkpoints) => {
      of(studyId).checkpoints.push(...checkpoints);
    },
    lockStudy: async (studyId) => held.studies.get(studyId)?.study ?? null,
    lastCheckpoints: async (studyId, count) => of(studyId).checkpoints.slice(-count).reverse(),
    changeStudy: async (studyId, { changes, spec, priority }) => {
      const kept = of(studyId);
      kept.study = { ...kept.study, changes, spec, priority, version: kept.study.version + 1, updatedAt: now(held) };
    },
    restartSearch: async (studyId, { progress, checkpoints }) => {
      const kept = of(studyId);
      const state = kept.study.endedAt === null ? kept.study.state : 'active';
      kept.study = { ...kept.study, state, outcome: null, endedAt: null, sampler: progress };
      kept.checkpoints.splice(checkpoints);
      for (const [index, trial] of kept.trials.entries())
        if (trial.state === 'cancelled') kept.trials[index] = { ...trial, state: 'queued', endedAt: null };
    },
    spentQuota: async () => null,
    countCheckpoints: async (studyId) => of(studyId).checkpoints.length,
    resultsFrom: async (studyId, number) => of(studyId).trials.slice(number),
    resultsIfFull: async () => null,
    observationsBefore: async (studyId, number) => of(studyId).trials.slice(0, number).map(observationOf),
    givenConfigurations: async (studyId) =>
      of(studyId)
        .trials.filter(({ given }) => given !== null)
        .map(({ parameters }) => parameters),
    updateStudy: async (studyId, { state, outcome, progress }) => {
      const kept = of(studyId);
      const at = now(held);
      kept.study = {
        ...kept.study,
        version: kept.study.version + 1,
        updatedAt: at,
        ...(state && { state, endedAt: isEnded(state) ? at : null }),
        ...(outcome && { outcome }),
        ...(progress && { sampler: progress }),
      };
    },
    cancelOpenTrials: async (studyId) => {
      const { trials } = of(studyId);
      for (const [index, trial] of trials.entries())
        if (isOpen(trial)) trials[index] = { ...trial, state: 'cancelled', endedAt: now(held) };
    },
    deleteStudy: async (studyId) => {
      held.studies.delete(studyId);
    },
    leaders: async (studyId, limit) => leaderboard(of(studyId), limit),
    nearestToLimits: async (studyId, rule) => nearestToLimits(of(studyId), rule),
    insertCampaign: async ({ id, spec }) => {
      const at = now(held);
      held.campaigns.set(id, {
        id,
        spec,
        state: 'active',
        outcome: null,
        version: 1,
        createdBy: null,
        createdAt: at,
        updatedAt: at,
        endedAt: null,
      });
    },
    lockCampaign: async (campaignId) => held.campaigns.get(campaignId) ?? null,
    campaignParts: async (campaignId) => partsOf(held, campaignId),
    updateCampaign: async (campaignId, { state, outcome }) => {
      const campaign = held.campaigns.get(campaignId);
      if (!campaign) throw new Error(`there is no campaign ${campaignId}`);
      const at = now(held);
      const ended = { endedAt: isEnded(state) ? at : null };
      held.campaigns.set(campaignId, {
        ...campaign,
        state,
        version: campaign.version + 1,
        updatedAt: at,
        ...ended,
        ...(outcome && { outcome }),
      });
    },
    labelCampaign: async (campaignId, labels) => {
      const campaign = held.campaigns.get(campaignId);
      if (!campaign) throw new Error(`there is no campaign ${campaignId}`);
      held.campaigns.set(campaignId, { ...campaign, spec: { ...campaign.spec, labels }, version: campaign.version + 1 });
    },
    deleteCampaign: async (campaignId) => {
      for (const { study } of partsOf(held, campaignId)) held.studies.delete(study.id);
      held.campaigns.delete(campaignId);
    },
  };
  return tx;
}

/** No trial of this store reports steps. */
function storedResults({ trials, evaluations }: HeldStudy, from: number, end: number | null): StoredResult[] {
  return trials.slice(from, end ?? undefined).map(({ id, number, state, value, values, diverged, error, source, reuse }) => {
    const evaluation = evaluations.get(id) ?? null;
    return {
      number,
      state,
      value,
      values,
      diverged,
      error: error?.code ?? null,
      source,
      reuse,
      measurements: [],
      evaluation,
      incidents: [],
    };
  });
}

function newTrial(studyId: string, { number, index, given, generation, parameters, origin, seen }: QueuedTrial, queuedAt: Date): Trial {
  const result = { value: null, values: null, diverged: false, error: null, startedAt: null, endedAt: null } as const;
  const counts = { stepsDone: 0, stepsTrained: 0, attempts: 0, failures: 0, source: 'trained', reuse: null } as const;
  return {
    id: newId(),
    studyId,
    number,
    index,
    given,
    generation,
    parameters,
    origin,
    seen: seen ?? null,
    state: 'queued',
    queuedAt,
    ...result,
    ...counts,
  };
}

function settle({ study, trials, evaluations }: HeldStudy, number: number, training: FakeTraining): void {
  const trial = trials[number];
  if (!trial || !isOpen(trial)) throw new Error(`trial ${number} of ${study.spec.name} is not open`);
  const result = training(trial, study);
  if (!result) {
    trials[number] = { ...trial, state: 'failed', error: { code: 'training-error', message: 'it did not converge' } };
    return;
  }
  const { score: _, ...rank } = rankOf(study.spec, { values: result.values, diverged: false });
  trials[number] = { ...trial, state: 'completed', values: result.values, ...rank };
  if (study.spec.evaluate) evaluations.set(trial.id, result.evaluation);
}

function leaderboard({ study, trials }: HeldStudy, limit: number): Trial[] {
  const last = study.outcome?.lastTrial ?? Number.POSITIVE_INFINITY;
  const counting = trials.filter(({ state, number }) => state === 'completed' && number <= last);
  return counting.sort(byRank(rankingRuleOf(study.spec))).slice(0, limit);
}

function nearestToLimits(held: HeldStudy, rule: Pick<RankingRule, 'ranking'>): Trial | null {
  const ranked = leaderboard(held, held.trials.length);
  return ranked.find((trial) => (trial.violation ?? 0) > 0 && countsAsResult(rule, trial)) ?? null;
}

function partsOf(held: Held, campaignId: string) {
  return [...held.studies.values()].flatMap(({ study }) =>
    study.campaign?.campaignId === campaignId ? [{ ...study.campaign, kind: partKindSchema.parse(study.campaign.kind), study }] : [],
  );
}

function readerOn(held: Held): CampaignReader {
  const of = (studyId: string): HeldStudy => heldStudy(held, studyId);
  const unused = () => Promise.reject(new Error('nothing in a simulated campaign asks for this'));
  const reader: CampaignReader = {
    snapshot: (work) => work(reader),
    study: async (id) => held.studies.get(id)?.study ?? null,
    trials: async ({ studyId, limit, after }) => pageOf(of(studyId).trials, limit, after),
    leaderboard: async (studyId, limit) => leaderboard(of(studyId), limit),
    nearestToLimits: async (studyId, rule) => nearestToLimits(of(studyId), rule),
    checkpoints: async ({ studyId, limit, after }) => pageOf(of(studyId).checkpoints, limit, after),
    evaluations: async (studyId) => [...of(studyId).evaluations].map(([trialId, evaluation]) => ({ trialId, evaluation })),
    campaign: async (id) => held.campaigns.get(id) ?? null,
    campaignParts: async (campaignId) => partsOf(held, campaignId),
    events: async ({ studyId, limit, after }) => pageOf(of(studyId).events, limit, after),
    storedResults: async (studyId, from, end) => storedResults(of(studyId), from, end),
    environments: async () => [],
    incidents: async () => [],
    judgements: async () => new Map(),
    stops: unused,
    studies: unused,
    paretoFront: unused,
    frontProgress: unused,
    overview: unused,
    trialCounts: unused,
    trial: unused,
    measurements: unused,
    workerNotes: unused,
    keptRequest: unused,
    evaluation: unused,
    campaigns: unused,
    partOverviews: unused,
    trialTotals: unused,
    improvements: unused,
    trialPoints: unused,
    generationValues: unused,
    learningCurves: unused,
    stoppedTrials: unused,
    rungTotals: unused,
    memberTrials: unused,
    rankedBeside: unused,
    bestConfigurations: unused,
    storedTraces: unused,
    nonCanonicalNumbers: unused,
  };
  return reader;
}

/** Items whose place is their key. */
function pageOf<T>(items: readonly T[], limit: number, after = -1): Page<T> {
  const shown = items.slice(after + 1, after + 1 + limit);
  const end = after + shown.length;
  return { items: shown, next: end + 1 < items.length ? String(end) : null };
}
