import { type ExaminedStudy, examineStudy, type Verification } from '../studies/actions/verify.ts';
import type { Planner } from '../studies/ports/planner.ts';
import { inProcessPlanner } from '../studies/search/suggest.ts';
import type { Difference } from '../studies/verification/difference.ts';
import { differing, shown } from '../studies/verification/difference.ts';
import { type Findings, newFindings } from '../studies/verification/findings.ts';
import { piecewiseDigestOf } from '../studies/verification/piecewise-digest.ts';
import { tryParse } from '../studies/verification/try-parse.ts';
import type { Campaign, CampaignPart, PartKind } from './campaign.ts';
import { campaignExport } from './export.ts';
import { campaignNotFound } from './life-cycle.ts';
import type { PlannedPart } from './parts.ts';
import { type CampaignPlan, leadersWanted, type PartView, planCampaign } from './plan.ts';
import type { CampaignReader } from './ports.ts';

/** Result of the verification of one part. */
export interface PartVerification extends Omit<Verification, 'differences'> {
  readonly kind: PartKind;
  readonly name: string;
  readonly studyId: string;
}

/** Result of the verification of a campaign: the sums over its parts, and each part. */
export interface CampaignVerification extends Verification {
  readonly parts: readonly PartVerification[];
}

/**
 * Verifies every part of a campaign, and makes its steps again: which parts follow from those before, the definition of
 * each, and the end. All of one moment; nothing is changed. Differences of a part stand below `parts/<name>/`.
 *
 * @param planner makes the suggestions of slow samplers again
 * @throws DomainError `campaign-not-found`
 */
export async function verifyCampaign(
  reader: CampaignReader,
  campaignId: string,
  planner: Planner = inProcessPlanner,
): Promise<CampaignVerification> {
  const examined = await reader.snapshot(async (snapshot) => {
    const campaign = await tryParse(() => snapshot.campaign(campaignId));
    if ('unreadable' in campaign) return unreadableAt('campaign', campaign.unreadable);
    if (!campaign.value) throw campaignNotFound(campaignId);
    const parts = await tryParse(() => snapshot.campaignParts(campaignId));
    return 'unreadable' in parts ? unreadableAt('parts', parts.unreadable) : examineCampaign(snapshot, campaign.value, parts.value);
  });
  return 'campaign' in examined ? verified(examined, planner) : examined;
}

/** A campaign whose data has been read completely; see `ExaminedStudy`. */
interface ExaminedCampaign {
  readonly campaign: Campaign;
  readonly parts: readonly ExaminedPart[];
  readonly digest: string | null;
}

interface ExaminedPart {
  readonly part: CampaignPart;
  readonly study: ExaminedStudy;
  /** null if it cannot be read, as the verification of the part reports. */
  readonly view: PartView | null;
}

async function examineCampaign(reader: CampaignReader, campaign: Campaign, parts: readonly CampaignPart[]): Promise<ExaminedCampaign> {
  const examined: ExaminedPart[] = [];
  for (const part of parts) {
    const study = await examineStudy(reader, part.study.id);
    const view = await tryParse(() => viewOf(reader, campaign, part));
    examined.push({ part, study, view: 'unreadable' in view ? null : view.value });
  }
  const exported = await tryParse(() => campaignExport(reader, campaign.id, { provenance: false }));
  const digest = 'unreadable' in exported ? null : await piecewiseDigestOf(exported.value);
  return { campaign, parts: examined, digest };
}

async function verified({ campaign, parts, digest }: ExaminedCampaign, planner: Planner): Promise<CampaignVerification> {
  const findings = newFindings();
  const verifications: PartVerification[] = [];
  for (const { part, study } of parts) {
    const { kind, name } = part;
    const { differences, ...verification } = await study.finish(planner);
    findings.add(...differences.map((difference) => ({ ...difference, where: `parts/${name}/${difference.where}` })));
    verifications.push({ kind, name, studyId: part.study.id, ...verification });
  }
  checkSteps(campaign, parts, findings);
  const { differences } = findings;
  const totals = sums(verifications);
  const isVerified = differences.length === 0 && totals.notReplayed === null;
  return { verified: isVerified, digest, ...totals, differences, parts: verifications };
}

/** Makes the steps of a campaign again, each from the parts that there were before it. */
function checkSteps(campaign: Campaign, parts: readonly ExaminedPart[], findings: Findings): void {
  const views: PartView[] = [];
  const left = new Map(parts.map((examined) => [examined.part.name, examined]));
  for (;;) {
    const plan = planOf(campaign, views);
    if ('where' in plan) {
      findings.add(plan);
      return;
    }
    const stored = plan.insert.flatMap(({ name }) => left.get(name) ?? []);
    if (stored.length === 0) {
      findings.add(...[...left.values()].map(({ part }) => surplusPart(part)), ...endDifferences(campaign, plan));
      return;
    }
    for (const planned of plan.insert) {
      findings.add(...partDifferences(planned, left.get(planned.name)?.part, findings));
      left.delete(planned.name);
    }
    for (const { view } of stored) {
      if (!view) return;
      views.push(view);
    }
  }
}

/** The next step, or the difference that prevents its computation: parts that no campaign has. */
function planOf({ spec }: Campaign, parts: readonly PartView[]): CampaignPlan | Difference {
  try {
    return planCampaign({ spec, parts });
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return { where: 'campaign/spec', expected: 'what a campaign goes on from', found: 'something else', detail: error.message };
  }
}

async function viewOf(reader: CampaignReader, { spec }: Campaign, { kind, name, study }: CampaignPart): Promise<PartView> {
  const wanted = leadersWanted(spec, { kind, name });
  return { kind, name, state: study.state, leaders: wanted === 0 ? [] : await reader.leaderboard(study.id, wanted) };
}

/** Parts of one step are created together: if one exists, all exist. */
function partDifferences(planned: PlannedPart, stored: CampaignPart | undefined, findings: Findings): Difference[] {
  const where = `parts/${planned.name}`;
  if (!stored)
    return [{ where, expected: planned.kind, found: shown(undefined), detail: 'it was to be created with the others of its step' }];
  const kind = differing(`${where}/kind`, planned.kind, stored.kind, 'what the definition of the campaign gives');
  const spec = differing(
    `${where}/study/spec`,
    planned.spec,
    stored.study.spec,
    'what the campaign and the results of its earlier parts give',
  );
  const isLogged = stored.study.events !== null && !findings.has(`${where}/study/spec`);
  if (spec.length === 0 || !isLogged) return [...kind, ...spec];
  // A search follows from the definition of the campaign alone: if the search's own log has its definition, the campaign's was
  // modified.
  if (planned.kind === 'search') return [...kind, ...spec.map((one) => ({ ...one, where: 'campaign/spec', detail: logged(planned.name) }))];
  return findings.has('campaign/spec') ? kind : [...kind, ...spec];
}

function logged(part: string): string {
  return `the definition of ${part} follows from it, and is what the log of ${part} says`;
}

function surplusPart({ name, kind }: CampaignPart): Difference {
  const detail = 'it does not follow from the definition of the campaign and the parts before it';
  return { where: `parts/${name}`, expected: shown(undefined), found: kind, detail };
}

/** Compares the end of a campaign that was not cancelled with the one that its parts give; while it is active the step may still be due. */
function endDifferences({ state, outcome }: Campaign, { end }: CampaignPlan): Difference[] {
  if (state !== 'completed' && state !== 'failed') return [];
  const detail = 'what its parts give';
  return [
    ...differing('campaign/state', end?.state ?? 'not ended', state, detail),
    ...differing('campaign/outcome', end?.outcome ?? null, outcome, detail),
  ];
}

function sums(parts: readonly PartVerification[]): Pick<Verification, 'trials' | 'suggestions' | 'checkpoints' | 'events' | 'notReplayed'> {
  const sum = (count: (part: PartVerification) => number): number => parts.reduce((total, part) => total + count(part), 0);
  return {
    trials: sum(({ trials }) => trials),
    suggestions: sum(({ suggestions }) => suggestions),
    checkpoints: sum(({ checkpoints }) => checkpoints),
    notReplayed: parts.find(({ notReplayed }) => notReplayed !== null)?.notReplayed ?? null,
    events: parts.every(({ events }) => events === null) ? null : sum(({ events }) => events ?? 0),
  };
}

function unreadableAt(where: string, reason: string): CampaignVerification {
  const detail = `it cannot be read, so nothing else was looked at: ${reason}`;
  const difference = { where, expected: 'what a campaign is stored as', found: 'something else', detail };
  const nothing = { digest: null, trials: 0, suggestions: 0, checkpoints: 0, events: null, notReplayed: null };
  return { verified: false, ...nothing, differences: [difference], parts: [] };
}
